#include "textflag.h"

// func prefetch1(base uintptr, off *uint64, n int)
TEXT ·prefetch1(SB), NOSPLIT, $0-24
	MOVQ base+0(FP), AX
	MOVQ off+8(FP), SI
	MOVQ n+16(FP), CX
loop1:
	MOVQ (SI), DX
	PREFETCHT1 (AX)(DX*1)
	ADDQ $8, SI
	DECQ CX
	JNZ  loop1
	RET

// func prefetch2(base uintptr, off *uint64, n int)
TEXT ·prefetch2(SB), NOSPLIT, $0-24
	MOVQ base+0(FP), AX
	MOVQ off+8(FP), SI
	MOVQ n+16(FP), CX
loop2:
	MOVQ (SI), DX
	PREFETCHT1 (AX)(DX*1)
	PREFETCHT1 64(AX)(DX*1)
	ADDQ $8, SI
	DECQ CX
	JNZ  loop2
	RET

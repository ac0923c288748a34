#include "textflag.h"
#include "candidate_amd64.h"

// func candidatesAVX2(base uintptr, hash, off *uint64, n int)
TEXT ·candidatesAVX2(SB), NOSPLIT, $0-32
	MOVQ  base+0(FP), AX
	MOVQ  hash+8(FP), SI
	MOVQ  off+16(FP), DI
	MOVQ  n+24(FP), CX
	VPXOR Y4, Y4, Y4
	LEAQ  (SI)(CX*8), SI
	LEAQ  (DI)(CX*8), DI
	NEGQ  CX

loop:
	CANDIDATE(CX)
	INCQ CX
	JNZ  loop
	VZEROUPPER
	RET

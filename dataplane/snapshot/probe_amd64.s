#include "textflag.h"
#include "candidate_amd64.h"

// func candidatesAVX2(base uintptr, table, end uint64, hash, off *uint64, n int)
TEXT ·candidatesAVX2(SB), NOSPLIT, $0-48
	MOVQ  base+0(FP), AX
	MOVQ  hash+24(FP), SI
	MOVQ  off+32(FP), DI
	MOVQ  n+40(FP), CX
	VPXOR Y4, Y4, Y4
	LEAQ  (SI)(CX*8), SI
	LEAQ  (DI)(CX*8), DI
	NEGQ  CX

loop:
	CANDIDATE(CX)
	TESTQ R8, R8
	JEQ   behind

next:
	INCQ CX
	JNZ  loop
	VZEROUPPER
	RET

behind:
	BEHIND(CX, table+8(FP), end+16(FP), next)
	JMP next

#include "textflag.h"

// func candidatesAVX2(base uintptr, hash, off *uint64, n int)
//
// A slot is tag<<40 | offset>>3: slot xor hash<<40, shifted right by 40, is
// zero where the tags agree.
TEXT ·candidatesAVX2(SB), NOSPLIT, $0-32
	MOVQ  base+0(FP), AX
	MOVQ  hash+8(FP), SI
	MOVQ  off+16(FP), DI
	MOVQ  n+24(FP), CX
	VPXOR Y4, Y4, Y4
	MOVQ  $0xffffffffff, R11
	XORQ  R10, R10

loop:
	MOVQ         (SI), DX
	MOVQ         (DI), BX
	SHLQ         $40, DX
	ADDQ         AX, BX
	MOVQ         DX, X0
	VPBROADCASTQ X0, Y0
	VPXOR        (BX), Y0, Y1
	VPXOR        32(BX), Y0, Y2
	VPSRLQ       $40, Y1, Y1
	VPSRLQ       $40, Y2, Y2
	VPCMPEQQ     Y4, Y1, Y1
	VPCMPEQQ     Y4, Y2, Y2
	VMOVMSKPD    Y1, R8
	VMOVMSKPD    Y2, R9
	SHLQ         $4, R9
	ORQ          R9, R8
	BSFQ         R8, R9           // the first slot that agrees; undefined if none
	CMOVQEQ      R10, R9
	MOVQ         (BX)(R9*8), R9
	ANDQ         R11, R9
	SHLQ         $3, R9
	TESTQ        R8, R8
	CMOVQEQ      R10, R9
	PREFETCHT0   (AX)(R9*1)
	PREFETCHT0   64(AX)(R9*1)
	MOVQ         R9, (DI)
	ADDQ         $8, SI
	ADDQ         $8, DI
	DECQ         CX
	JNZ          loop
	VZEROUPPER
	RET

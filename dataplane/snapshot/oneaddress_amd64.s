#include "textflag.h"
#include "candidate_amd64.h"

// func oneAddressesAVX2(base uintptr, size, buckets, table, end uint64, zoneTable uintptr, zones uint64, hash, off *uint64, msg *[]byte, length, found *uint8, n, apart int)
//
// CX, R13 and R12 count the queries of the three steps, each apart behind the
// one before. A node is read up to 104 octets from its start, and none that ends
// later than the mapping.
TEXT ·oneAddressesAVX2(SB), NOSPLIT, $8-112
	MOVQ  base+0(FP), AX
	MOVQ  size+8(FP), BX
	SUBQ  $104, BX
	MOVQ  BX, last-8(SP)
	MOVQ  hash+56(FP), SI
	MOVQ  off+64(FP), DI
	MOVQ  msg+72(FP), R15
	MOVQ  length+80(FP), R11
	MOVQ  found+88(FP), R10
	XORL  CX, CX
	MOVQ  apart+104(FP), R13
	NEGQ  R13
	LEAQ  (R13)(R13*1), R12
	VPXOR Y4, Y4, Y4

loop:
	CMPQ       CX, n+96(FP)
	JGE        candidate
	MOVQ       (SI)(CX*8), DX
	MULXQ      buckets+16(FP), R8, R9
	SHLQ       $6, R9
	ADDQ       table+24(FP), R9
	PREFETCHT1 (AX)(R9*1)
	MOVQ       R9, (DI)(CX*8)

candidate:
	CMPQ R13, n+96(FP)
	JCC  compare                  // not begun, too
	CANDIDATE(R13)
	TESTQ R8, R8
	JEQ   behind

compare:
	CMPQ    R12, n+96(FP)
	JCC     next
	XORL    BX, BX                // whether it is found
	MOVBLZX (R11)(R12*1), DX
	MOVQ    (DI)(R12*8), R8
	TESTL   DX, DX
	JEQ     put
	CMPQ    R8, $4096
	JLT     put
	CMPQ    R8, last-8(SP)
	JGT     put
	CMPB    4(AX)(R8*1), DX       // the name's length
	JNE     put
	ADDQ    AX, R8                // the node

	MOVQ (R15), BX
	CMPW 12(BX)(DX*1), $0x0100    // type A
	JNE  none

	// The name, of 64 octets at the most.
	VMOVDQU   16(R8), Y0
	VMOVDQU   48(R8), Y1
	VPCMPEQB  12(BX), Y0, Y0
	VPCMPEQB  44(BX), Y1, Y1
	VPMOVMSKB Y0, BX
	VPMOVMSKB Y1, R14
	SHLQ      $32, R14
	ORQ       R14, BX
	NOTQ      BX
	MOVL      DX, R14
	BZHIQ     R14, BX, BX         // of 64, all remain
	TESTQ     BX, BX
	JNE       none

	// The RRset behind it, of one A record.
	ADDQ $23, DX
	ANDQ $~7, DX
	MOVQ $0x1800010001, R14       // oneA
	CMPQ R14, (R8)(DX*1)
	JNE  none
	LEAQ 24(DX), BX
	MOVL (R8), R14                // the node's length
	CMPQ BX, R14
	JGT  none

	// A zone that is settled, and no cover: it would be above all zones.
	MOVL  8(R8), R14
	TESTQ R14, R14
	JEQ   none
	CMPQ  R14, zones+48(FP)
	JCC   none
	MOVQ  zoneTable+40(FP), BX
	MOVQ  (BX)(R14*8), BX
	TESTQ BX, BX
	JEQ   none
	TESTQ $1, BX
	JNE   none

	// The record, behind the message.
	VMOVDQU 8(R8)(DX*1), X0
	MOVQ    (R15), R14
	ADDQ    8(R15), R14
	VMOVDQU X0, (R14)
	MOVL    $1, BX
	JMP     put

none:
	XORL BX, BX
put:
	MOVB BX, (R10)(R12*1)
	ADDQ $24, R15
next:
	INCQ CX
	INCQ R13
	INCQ R12
	CMPQ R12, n+96(FP)
	JNE  loop
	VZEROUPPER
	RET

behind:
	BEHIND(R13, table+24(FP), end+32(FP), compare)
	JMP compare

#include "textflag.h"
#include "candidate_amd64.h"

// An A record: owner, type and class, then TTL, length and address, of which TTL
// and address are those of the node.
DATA record<>+0(SB)/8, $0x0000010001000cc0
DATA record<>+8(SB)/8, $0x0000000004000000
GLOBL record<>(SB), RODATA|NOPTR, $16
DATA where<>+0(SB)/8, $0x0100808080808080
DATA where<>+8(SB)/8, $0x0706050480800302
GLOBL where<>(SB), RODATA|NOPTR, $16

// func oneAddressesAVX2(base uintptr, size, pages, table, end uint64, zoneTable uintptr, zones uint64, hash, off *uint64, msg *[]byte, length, found *uint8, n, apart int)
//
// CX, R13 and R12 count the queries of the three steps, each apart behind the
// one before. A node is read up to 88 octets from its start, and none that ends
// later than the mapping.
TEXT ·oneAddressesAVX2(SB), NOSPLIT, $8-112
	MOVQ  base+0(FP), AX
	MOVQ  size+8(FP), BX
	SUBQ  $88, BX
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
	MULXQ      pages+16(FP), R8, R9
	SHLQ       $12, R9            // the page
	SHRQ       $32, R8
	LEAQ       (R8)(R8*2), R8
	SHRQ       $30, R8            // of its 12 buckets
	SHLQ       $6, R8
	ADDQ       table+24(FP), R9
	ADDQ       R8, R9
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
	CMPB    (AX)(R8*1), DX        // the name's length
	JNE     put
	ADDQ    AX, R8                // the node

	MOVQ (R15), BX
	CMPW 12(BX)(DX*1), $0x0100    // type A
	JNE  none

	// The name, of 52 octets at the most, where the node may be one cache line:
	// it is not read beyond that.
	VMOVDQU   12(R8), Y0
	VMOVDQU   32(R8), Y1
	VPCMPEQB  12(BX), Y0, Y0
	VPCMPEQB  32(BX), Y1, Y1
	VPMOVMSKB Y0, BX
	VPMOVMSKB Y1, R14
	SHLQ      $20, R14
	ORQ       R14, BX
	NOTQ      BX
	BZHIQ     DX, BX, BX
	TESTQ     BX, BX
	JNE       longer

record:
	// The flag OneAddress, and room for TTL and address behind the name.
	ADDQ  $19, DX
	ANDQ  $~7, DX
	LEAQ  8(DX), BX
	MOVL  (R8), R14
	SHRL  $11, R14                // the node's length, a multiple of 8, and flags below
	TESTL $4, R14
	JEQ   none
	CMPL  BX, R14
	JGT   none

	// A zone that is settled, and no cover: it would be above all zones.
	MOVL  4(R8), R14
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
	VMOVQ   (R8)(DX*1), X0
	MOVQ    (R15), R14
	ADDQ    8(R15), R14
	VPSHUFB where<>(SB), X0, X0
	VPOR    record<>(SB), X0, X0
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

longer:
	CMPL      DX, $52
	JLE       none
	MOVQ      (R15), BX
	VMOVDQU   44(R8), Y1
	VPCMPEQB  44(BX), Y1, Y1
	VPMOVMSKB Y0, BX
	VPMOVMSKB Y1, R14
	SHLQ      $32, R14
	ORQ       R14, BX
	NOTQ      BX
	BZHIQ     DX, BX, BX          // of 64, all remain
	TESTQ     BX, BX
	JNE       none
	JMP       record

behind:
	BEHIND(R13, table+24(FP), end+32(FP), compare)
	JMP compare

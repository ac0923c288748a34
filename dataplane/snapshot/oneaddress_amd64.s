#include "textflag.h"

// func oneAddressesAVX2(base uintptr, size uint64, zoneTable uintptr, zones uint64, off *uint64, msg *[]byte, length *uint8, record *uint64, n int)
//
// A node is read up to 104 octets from its start, and none that ends later
// than the mapping.
TEXT ·oneAddressesAVX2(SB), NOSPLIT, $0-72
	MOVQ base+0(FP), AX
	MOVQ size+8(FP), R12
	SUBQ $104, R12
	MOVQ off+32(FP), SI
	MOVQ msg+40(FP), DI
	MOVQ length+48(FP), R8
	MOVQ record+56(FP), R9
	MOVQ n+64(FP), CX
	MOVQ zones+24(FP), R13
	MOVQ $0x1800010001, R10       // oneA

loop:
	XORL    BX, BX                // the record's offset
	MOVBLZX (R8), DX
	MOVQ    (SI), R11
	TESTL   DX, DX
	JEQ     next
	CMPQ    R11, $4096
	JLT     next
	CMPQ    R11, R12
	JGT     next
	CMPB    4(AX)(R11*1), DX      // the name's length
	JNE     next
	ADDQ    AX, R11               // the node

	MOVQ (DI), BX
	CMPW 12(BX)(DX*1), $0x0100    // type A
	JNE  none

	// The name, of 64 octets at the most.
	VMOVDQU   16(R11), Y0
	VMOVDQU   48(R11), Y1
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
	ADDQ  $23, DX
	ANDQ  $~7, DX
	CMPQ  R10, (R11)(DX*1)
	JNE   none
	LEAQ  24(DX), BX
	MOVL  (R11), R14              // the node's length
	CMPQ  BX, R14
	JGT   none

	// A zone that is settled, and no cover: it would be above all zones.
	MOVL  8(R11), R14
	TESTQ R14, R14
	JEQ   none
	CMPQ  R14, R13
	JCC   none
	MOVQ  zoneTable+16(FP), BX
	MOVQ  (BX)(R14*8), BX
	TESTQ BX, BX
	JEQ   none
	TESTQ $1, BX
	JNE   none
	LEAQ  8(R11)(DX*1), BX
	SUBQ  AX, BX
	JMP   next

none:
	XORL BX, BX
next:
	MOVQ BX, (R9)
	ADDQ $8, SI
	ADDQ $24, DI
	INCQ R8
	ADDQ $8, R9
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET

#include "textflag.h"

// SUM adds up the octets of Y0 to Y2, three times 32 of the message at
// 42(BX) without those that the mask at (M) leaves out, as words of 16 bits in
// the two halves of X0. Y14 is 0x0000ffff in each double word.
#define SUM(M) \
	VMOVDQU 42(BX), Y0 \
	VMOVDQU 74(BX), Y1 \
	VMOVDQU 106(BX), Y2 \
	VPAND (M), Y0, Y0 \
	VPAND 32(M), Y1, Y1 \
	VPAND 64(M), Y2, Y2 \
	VPAND Y14, Y0, Y3 \
	VPAND Y14, Y1, Y4 \
	VPAND Y14, Y2, Y5 \
	VPSRLD $16, Y0, Y0 \
	VPSRLD $16, Y1, Y1 \
	VPSRLD $16, Y2, Y2 \
	VPADDD Y4, Y3, Y3 \
	VPADDD Y1, Y0, Y0 \
	VPADDD Y5, Y3, Y3 \
	VPADDD Y2, Y0, Y0 \
	VPADDD Y3, Y0, Y0 \
	VEXTRACTI128 $1, Y0, X1 \
	VPADDD X1, X0, X0

// FOLD is fold: the ones-complement sum S down to 16 bits. T is lost.
#define FOLD(S, T) \
	MOVQ S, T \
	ROLQ $32, T \
	ADDQ T, S \
	SHRQ $32, S \
	MOVL S, T \
	ROLL $16, T \
	ADDL T, S \
	SHRL $16, S

// RIGHT goes to next unless the ones-complement sum S, which is not 0, is right:
// a multiple of 0xffff, which the product with the inverse of that, modulo
// 2^64, is no larger than their quotient for (BenchmarkUsual).
#define RIGHT(S) \
	IMULQ R15, S \
	CMPQ S, most-8(SP) \
	JHI next

#define MASKS \
	MOVL $0xffff, AX \
	MOVQ AX, X14 \
	VPBROADCASTD X14, Y14

// func parseUsual(data *unsafe.Pointer, length, room, size *uint16, n int, addr, port, mac, macMask uint64)
TEXT ·parseUsual(SB), NOSPLIT, $8-72
	MOVQ data+0(FP), SI
	MOVQ length+8(FP), DI
	MOVQ room+16(FP), R8
	MOVQ size+24(FP), R9
	MOVQ n+32(FP), CX
	MOVQ addr+40(FP), R10
	MOVQ port+48(FP), R11
	MOVQ $0xfffefffefffeffff, R15 // RIGHT
	MOVQ $0x0001000100010001, AX
	MOVQ AX, most-8(SP)
	MASKS

loop:
	MOVQ    (SI), BX
	XORL    R12, R12
	MOVWLZX (DI), AX
	CMPL    AX, $59               // the shortest question fits
	JLT     next
	CMPW    (R8), $138
	JCS     next

	// Ethernet: IPv4, and neither to nor from a MAC that Parse refuses.
	CMPW  12(BX), $8
	JNE   next
	MOVQ  (BX), DX
	XORQ  mac+56(FP), DX
	TESTQ DX, macMask+64(FP)
	JNE   next

	// IPv4: no options, no fragment, UDP, to our address; its length.
	MOVQ    14(BX), DX
	MOVQ    $0xff3f0000000000ff, R13
	ANDQ    DX, R13
	CMPQ    R13, $0x45
	JNE     next
	CMPB    23(BX), $17
	JNE     next
	CMPL    30(BX), R10
	JNE     next
	MOVWLZX 16(BX), R13
	ROLW    $8, R13
	ADDL    $14, R13
	CMPL    R13, AX
	JGT     next

	// The source: not that address, 0.0.0.0/8, 127.0.0.0/8, nor 224.0.0.0 upward.
	CMPL    26(BX), R10
	JEQ     next
	MOVBLZX 26(BX), AX
	CMPL    AX, $127
	JEQ     next
	DECL    AX
	CMPL    AX, $223
	JCC     next

	// The header's checksum.
	MOVL  30(BX), AX
	ADDQ  22(BX), AX
	ADCQ  DX, AX
	ADCQ  $0, AX
	RIGHT(AX)

	// UDP: to our port, from one above 255, for some below are refused; all of
	// the datagram, with a checksum.
	CMPW    36(BX), R11
	JNE     next
	CMPB    34(BX), $0
	JEQ     next
	CMPW    40(BX), $0
	JEQ     next
	MOVWLZX 38(BX), DX
	MOVL    DX, R14
	SHLL    $16, R14
	ORL     $0x1100, R14          // protocol and length of the pseudo-header
	ROLW    $8, DX
	SUBL    $34, R13
	CMPL    R13, DX
	JNE     next
	SUBL    $8, DX                // of the message
	LEAL    -1(DX), AX
	CMPL    AX, $96
	JCC     next

	LEAQ   ·keep+96(SB), R13
	SUBQ   DX, R13
	SUM(R13)
	VMOVQ  X0, AX
	VPEXTRQ $1, X0, R13
	ADDQ   R14, AX
	ADCQ   R13, AX
	ADCQ   26(BX), AX
	ADCQ   34(BX), AX
	ADCQ   $0, AX
	RIGHT(AX)
	MOVL   DX, R12

next:
	MOVW R12, (R9)
	ADDQ $8, SI
	ADDQ $2, DI
	ADDQ $2, R8
	ADDQ $2, R9
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET

// func replyUsual(data *unsafe.Pointer, size, length *uint16, n int)
TEXT ·replyUsual(SB), NOSPLIT, $0-32
	MOVQ    data+0(FP), SI
	MOVQ    size+8(FP), DI
	MOVQ    length+16(FP), R8
	MOVQ    n+24(FP), CX
	VMOVDQU ·swapMAC(SB), X13
	MASKS

loop:
	MOVWLZX (DI), DX
	TESTL   DX, DX
	JEQ     next
	MOVQ    (SI), BX
	MOVQ    26(BX), R9            // the addresses
	MOVL    34(BX), R10           // the ports
	LEAQ    ·keep+96(SB), R13
	SUBQ    DX, R13
	SUM(R13)
	VMOVDQU (BX), X6
	VPSHUFB X13, X6, X6
	VMOVDQU X6, (BX)

	// IPv4: identification 0, "don't fragment", TTL 64.
	LEAL 28(DX), AX
	ROLW $8, AX
	SHLQ $16, AX
	MOVQ $0x0040000000000045, R11
	ORQ  AX, R11
	MOVQ R11, 14(BX)
	ADDQ R9, R11
	ADCQ $0x1140, R11
	ADCQ $0, R11
	FOLD(R11, AX)
	NOTL R11
	SHLL $16, R11
	ORL  $0x1140, R11
	MOVL R11, 22(BX)

	// UDP: the ports exchanged, the length.
	ROLL $16, R10
	LEAL 8(DX), AX
	ROLW $8, AX
	MOVL AX, R12
	SHLQ $32, R12
	ORQ  R10, R12
	SHLL $16, AX
	ORL  $0x1100, AX              // protocol and length of the pseudo-header

	VMOVQ   X0, R10
	VPEXTRQ $1, X0, R11
	ADDQ    R10, AX
	ADCQ    R11, AX
	ADCQ    R9, AX
	ADCQ    R12, AX
	ADCQ    $0, AX
	FOLD(AX, R10)
	MOVL    $0xffff, R10
	XORL    R10, AX
	CMOVLEQ R10, AX               // never sent as zero
	SHLQ    $48, AX
	ORQ     AX, R12
	MOVQ    R12, 34(BX)
	ROLQ    $32, R9
	MOVQ    R9, 26(BX)
	ADDL    $42, DX
	MOVW    DX, (R8)

next:
	ADDQ $8, SI
	ADDQ $2, DI
	ADDQ $2, R8
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET

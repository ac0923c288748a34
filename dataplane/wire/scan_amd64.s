#include "textflag.h"

// 64 octets of ones, then 64 of zeros: what stands at keep<>+64-n masks all
// octets of 64 but the first n.
DATA keep<>+0(SB)/8, $0xffffffffffffffff
DATA keep<>+8(SB)/8, $0xffffffffffffffff
DATA keep<>+16(SB)/8, $0xffffffffffffffff
DATA keep<>+24(SB)/8, $0xffffffffffffffff
DATA keep<>+32(SB)/8, $0xffffffffffffffff
DATA keep<>+40(SB)/8, $0xffffffffffffffff
DATA keep<>+48(SB)/8, $0xffffffffffffffff
DATA keep<>+56(SB)/8, $0xffffffffffffffff
DATA keep<>+64(SB)/8, $0
DATA keep<>+72(SB)/8, $0
DATA keep<>+80(SB)/8, $0
DATA keep<>+88(SB)/8, $0
DATA keep<>+96(SB)/8, $0
DATA keep<>+104(SB)/8, $0
DATA keep<>+112(SB)/8, $0
DATA keep<>+120(SB)/8, $0
GLOBL keep<>(SB), RODATA|NOPTR, $128

// func scanAVX2(msg *[]byte, n int, key uint64, length *uint8, qtype *uint16, hash *uint64)
TEXT ·scanAVX2(SB), NOSPLIT, $128-48
	MOVQ msg+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ length+24(FP), DI
	MOVQ qtype+32(FP), R14
	MOVQ hash+40(FP), R8
	MOVQ $0x9e3779b97f4a7c15, R9  // hashMul
	MOVQ $0xe7037ed1a0b428db, R15 // hashMix

	// The keys of the eight words, at 0(SP).
	MOVQ key+16(FP), DX
	XORL AX, AX
keys:
	MOVQ  DX, (SP)(AX*8)
	IMULQ R9, DX
	INCQ  AX
	CMPQ  AX, $8
	JNE   keys
	VMOVDQU (SP), Y8
	VMOVDQU 32(SP), Y9

	// For each word, the terms of all words behind it, if they are zero, at 64(SP).
	XORL BX, BX
zeros:
	DECQ  AX
	MOVQ  BX, 64(SP)(AX*8)
	MOVL  (SP)(AX*8), R11
	MOVL  4(SP)(AX*8), R12
	IMULQ R11, R12
	ADDQ  R12, BX
	TESTQ AX, AX
	JNE   zeros

	VPXOR        Y4, Y4, Y4
	MOVQ         $0x6060606060606060, AX
	MOVQ         AX, X5
	VPBROADCASTQ X5, Y5
	MOVQ         $0x4040404040404040, AX
	MOVQ         AX, X6
	VPBROADCASTQ X6, Y6
	LEAQ         keep<>+64(SB), R10

loop:
	XORL R11, R11                 // the length
	CMPQ 16(SI), $96
	JLT  next
	MOVQ (SI), BX

	// A query of opcode 0 with one question and nothing else.
	MOVQ $0xffffffffffff00f8, AX
	ANDQ 2(BX), AX
	CMPQ AX, $0x01000000
	JNE  next
	CMPW 10(BX), $0
	JNE  next

	VMOVDQU   12(BX), Y0
	VMOVDQU   44(BX), Y1
	VPCMPEQB  Y0, Y4, Y2
	VPCMPEQB  Y1, Y4, Y3
	VPMOVMSKB Y2, AX
	VPMOVMSKB Y3, DX
	SHLQ      $32, DX
	ORQ       DX, AX              // which octets are zero

	// A letter of upper case has bit 6 set and bit 5 clear.
	VPAND     Y0, Y5, Y2
	VPAND     Y1, Y5, Y3
	VPCMPEQB  Y2, Y6, Y2
	VPCMPEQB  Y3, Y6, Y3
	VPMOVMSKB Y2, R12
	VPMOVMSKB Y3, DX
	SHLQ      $32, DX
	ORQ       DX, R12
	BLSMSKQ   AX, DX
	TESTQ     DX, R12
	JNE       next
	TZCNTQ    AX, R12
	JCS       next                // no zero
	LEAQ      17(R12), AX
	CMPQ      AX, 8(SI)
	JNE       next
	MOVL      13(BX)(R12*1), AX
	MOVL      AX, DX
	SHRL      $16, DX
	CMPL      DX, $0x0100         // class IN
	JNE       next
	ROLW      $8, AX
	MOVW      AX, (R14)
	LEAQ      1(R12), R11

	// The terms of eight words, less those of the ones that the name has not.
	MOVQ         R10, DX
	SUBQ         R12, DX
	VPAND        (DX), Y0, Y0
	VPAND        32(DX), Y1, Y1
	VPADDD       Y8, Y0, Y0
	VPADDD       Y9, Y1, Y1
	VPSRLQ       $32, Y0, Y2
	VPSRLQ       $32, Y1, Y3
	VPMULUDQ     Y2, Y0, Y0
	VPMULUDQ     Y3, Y1, Y1
	VPADDQ       Y1, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPADDQ       X1, X0, X0
	VMOVQ        X0, R13
	VPEXTRQ      $1, X0, DX
	ADDQ         DX, R13
	SHRQ         $3, R12
	SUBQ         64(SP)(R12*8), R13

	MOVQ  R11, DX
	IMULQ R9, DX
	XORQ  R13, DX
	MULXQ R15, AX, R13
	XORQ  AX, R13
	MOVQ  R13, (R8)

next:
	MOVB R11, (DI)
	ADDQ $24, SI
	INCQ DI
	ADDQ $2, R14
	ADDQ $8, R8
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET

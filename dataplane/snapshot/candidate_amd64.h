// CANDIDATE looks for the tag of the hash at (SI)(I*8) in the bucket at the
// offset at (DI)(I*8), prefetches the two cache lines at the node to which the
// first slot with it points, and puts the node's offset there instead; 0 if no
// slot has the tag, and R8 is zero then. BX is the bucket's address, AX the
// mapping's, Y4 zero. R9, R14 and Y0 to Y2 are lost.
//
// The lines are wanted in the second cache, to which more of them can be on
// their way than to the first (bench/dpdk on an AMD EPYC, a million names: a tenth
// of the whole poll loop).
//
// A slot is tag<<40 | offset>>3: slot xor hash<<40, shifted right by 40, is
// zero where the tags agree. BSF leaves R9 undefined if there is none.
#define CANDIDATE(I) \
	VPBROADCASTQ (SI)(I*8), Y0 \
	MOVQ (DI)(I*8), BX \
	VPSLLQ $40, Y0, Y0 \
	ADDQ AX, BX \
	VPXOR (BX), Y0, Y1 \
	VPXOR 32(BX), Y0, Y2 \
	VPSRLQ $40, Y1, Y1 \
	VPSRLQ $40, Y2, Y2 \
	VPCMPEQQ Y4, Y1, Y1 \
	VPCMPEQQ Y4, Y2, Y2 \
	VMOVMSKPD Y1, R8 \
	VMOVMSKPD Y2, R9 \
	SHLQ $4, R9 \
	XORL R14, R14 \
	ORQ R9, R8 \
	BSFQ R8, R9 \
	CMOVQEQ R14, R9 \
	MOVQ (BX)(R9*8), R9 \
	SHLQ $24, R9 \
	SHRQ $21, R9 \
	TESTQ R8, R8 \
	CMOVQEQ R14, R9 \
	PREFETCHT1 (AX)(R9*1) \
	PREFETCHT1 64(AX)(R9*1) \
	MOVQ R9, (DI)(I*8)

// BEHIND is CANDIDATE once more, in the bucket behind the full one at BX, where
// CANDIDATE found no tag; with a free slot there is nothing behind, and it jumps to
// done. It loses what CANDIDATE loses. TABLE and END are the offsets at which the
// table begins and ends; a page of it has 12 buckets, of 768 octets, at its start.
// One name in a hundred is there, and left to View.find it costs as much as ten
// others (bench/dpdk: 6 cycles of all queries).
#define BEHIND(I, TABLE, END, done) \
	VPCMPEQQ (BX), Y4, Y1 \
	VPCMPEQQ 32(BX), Y4, Y2 \
	VPOR Y1, Y2, Y1 \
	VPTEST Y1, Y1 \
	JNE done \
	ADDQ $64, BX \
	SUBQ AX, BX \
	LEAQ 3328(BX), R9 \
	MOVL BX, R14 \
	ANDL $4095, R14 \
	CMPL R14, $768 \
	CMOVQEQ R9, BX \
	CMPQ BX, END \
	CMOVQEQ TABLE, BX \
	MOVQ BX, (DI)(I*8) \
	CANDIDATE(I)

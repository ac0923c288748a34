package wire

// RR types (the IANA registry "Resource Record (RR) TYPEs") that the data
// plane treats by name. All others are opaque to it (RFC 3597).
const (
	TypeA     = 1
	TypeNS    = 2
	TypeCNAME = 5
	TypeSOA   = 6
	TypePTR   = 12
	TypeHINFO = 13
	TypeMX    = 15
	TypeTXT   = 16
	TypeAAAA  = 28
	TypeSRV   = 33
	TypeDNAME = 39
	TypeOPT   = 41
	TypeIXFR  = 251
	TypeAXFR  = 252
	TypeANY   = 255
)

// Classes.
const (
	ClassIN    = 1
	ClassCHAOS = 3
	ClassANY   = 255
)

// Response codes (RFC 1035 section 4.1.1, RFC 6891 section 9).
const (
	RcodeNoError  = 0
	RcodeFormErr  = 1
	RcodeServFail = 2
	RcodeNXDomain = 3
	RcodeNotImp   = 4
	RcodeRefused  = 5
	RcodeBadVers  = 16

	RcodeBadCookie = 23 // RFC 7873 section 8
)

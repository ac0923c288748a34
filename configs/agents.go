package configs

// Scanner has the keys of skydns-scanner.toml, by which Convert knows a file of
// the ancestor's. Times are seconds where nothing else is said.
type Scanner struct {
	General struct {
		Core              int    `toml:"core"` // threads of the runtime; 0: one a core
		EnableCheck       bool   `toml:"enable-check"`
		Hostname          string `toml:"hostname"`
		LogDir            string `toml:"log-dir"`
		LogLevel          Level  `toml:"log-level"`
		HeartbeatInterval int    `toml:"heartbeat-interval"`
	} `toml:"General"`
	Check struct {
		Timeout     int  `toml:"check-timeout"`
		Interval    int  `toml:"check-interval"`
		RetryCount  int  `toml:"check-retry-count"`
		Ports       List `toml:"scann-ports"`
		EnableICMP  bool `toml:"enable-icmp"`
		PingTimeout int  `toml:"ping-timeout"` // milliseconds
		PingCount   int  `toml:"ping-count"`
		MaxThread   int  `toml:"max-thread"`
	} `toml:"Check"`
	Etcd struct {
		Servers    List    `toml:"etcd-machine"`
		Key        string  `toml:"tls-key"`
		Cert       string  `toml:"tls-pem"`
		CA         string  `toml:"ca-cert"`
		StatusPath KeyPath `toml:"status-path"`
		ReportPath KeyPath `toml:"report-path"`
		HeartPath  KeyPath `toml:"heart-path"`
	} `toml:"Etcd"`
}

// Schedule has the keys of skydns-schedule.toml, by which Convert knows a file
// of the ancestor's. Times are seconds.
type Schedule struct {
	General struct {
		Interval      int    `toml:"schedule-interval"`
		AgentDowntime int    `toml:"agent-downtime"`
		ForceLockTime int    `toml:"force-lock-time"`
		Hostname      string `toml:"hostname"`
		LogDir        string `toml:"log-dir"`
		LogLevel      Level  `toml:"log-level"`
	} `toml:"General"`
	Etcd struct {
		Servers    List    `toml:"etcd-machine"`
		Key        string  `toml:"tls-key"`
		Cert       string  `toml:"tls-pem"`
		CA         string  `toml:"ca-cert"`
		StatusPath KeyPath `toml:"status-path"`
		ReportPath KeyPath `toml:"report-path"`
		HeartPath  KeyPath `toml:"heart-path"`
		LockPath   KeyPath `toml:"lock-path"`
	} `toml:"Etcd"`
}

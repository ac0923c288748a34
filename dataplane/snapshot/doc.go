// Package snapshot is the contract between control and dataplane: the names,
// records and address health that are served, in shared memory.
//
// One Writer (control) changes names one at a time; any number of cores read
// through Slots of a Reader, without a lock, a wait or a copy. FORMAT.md
// describes the files. What holds:
//
//   - A name changes whole, by one atomic store.
//   - A reader writes nothing but its own page of the readers file.
//   - Memory that a reader may still look at is not written: the writer reuses
//     it when every live core has entered again (a grace period).
//   - Whatever bytes the files hold, a reader returns "not found" or an error;
//     it never reads outside the mapping and never loops without end.
//
// The package knows nothing of the DNS protocol beyond names, types and the
// shape of an RR. It must not decide what is answered: that is the engine's.
package snapshot

/** What reads the log's directory, fed with arbitrary bytes: by the fuzzer, and by the build with what the fuzzer has found. */
package io.blipmq.wal.fuzz;

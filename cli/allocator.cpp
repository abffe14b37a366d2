// How jemalloc behaves in this program. A node under load frees and takes the same memory many times a second; given
// back to the system after the default 10 s and faulted in again, it cost some 3 % of the CPU.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "dirty_decay_ms:30000,muzzy_decay_ms:30000";
}

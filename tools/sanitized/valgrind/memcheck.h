/*
 * In the place of valgrind's header of this name: what PostgreSQL built with
 * USE_VALGRIND tells about the memory it hands out is told to AddressSanitizer, which
 * otherwise knows whole blocks of malloc only, in which many chunks of palloc lie.
 */
#ifndef SANITIZED_MEMCHECK_H
#define SANITIZED_MEMCHECK_H

#include <sanitizer/asan_interface.h>

#define VALGRIND_MAKE_MEM_NOACCESS(addr, size) ASAN_POISON_MEMORY_REGION((addr), (size))
#define VALGRIND_MAKE_MEM_UNDEFINED(addr, size) ASAN_UNPOISON_MEMORY_REGION((addr), (size))
#define VALGRIND_MAKE_MEM_DEFINED(addr, size) ASAN_UNPOISON_MEMORY_REGION((addr), (size))
#define VALGRIND_MEMPOOL_ALLOC(context, addr, size) ASAN_UNPOISON_MEMORY_REGION((addr), (size))
#define VALGRIND_MEMPOOL_CHANGE(context, before, after, size) ASAN_UNPOISON_MEMORY_REGION((after), (size))

/* What is freed has been wiped and made inaccessible before, by CLOBBER_FREED_MEMORY. */
#define VALGRIND_MEMPOOL_FREE(context, addr) ((void) 0)
#define VALGRIND_CREATE_MEMPOOL(context, redzones, zeroed) ((void) 0)
#define VALGRIND_DESTROY_MEMPOOL(context) ((void) 0)

/* AddressSanitizer does not know what has never been written. */
#define VALGRIND_CHECK_MEM_IS_DEFINED(addr, size) ((void) 0)

#endif							/* SANITIZED_MEMCHECK_H */

// kSanitized is true if AddressSanitizer or ThreadSanitizer is built in. Both bring a malloc of
// their own and keep pages beside the program's (shadow memory, freed blocks), so that resident
// memory then says nothing about the program. Tests of such figures are then left out, by the
// macro.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BIASBENCH_SANITIZED 1
#elif defined(__has_feature)
#define BIASBENCH_SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define BIASBENCH_SANITIZED 0
#endif

namespace biasbench::machine {

inline constexpr bool kSanitized = BIASBENCH_SANITIZED;

}  // namespace biasbench::machine

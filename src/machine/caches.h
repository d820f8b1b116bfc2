// Sizes of the processors' caches.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace biasbench::machine {

// The total size of the last-level caches that `threads` threads can fill, the largest first; 32
// MiB where the machine does not tell. `root` is "/" except in tests.
std::int64_t LastLevelCacheBytes(int threads, const std::filesystem::path& root = "/");

// The multiple of the caches' size from which on an array that is read again and again comes from
// memory. The best pass of x = a x + b was faster than over 32 times their size (32 MiB, two
// threads) by 55 % at 2 times, 23 % at 4, 5 % at 8, 2 % at 16.
inline constexpr std::int64_t kBeyondCaches = 8;

// The bytes of a size as the kernel writes it: "48K", "2M".
std::optional<std::int64_t> ParseCacheSize(std::string_view size);

}  // namespace biasbench::machine

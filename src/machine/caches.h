// How much the processors' caches hold.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace biasbench::machine {

// Of the last-level caches, as many as so many threads can fill, the largest first; 32 MiB where
// the machine does not tell. `root` is "/" but in tests.
std::int64_t LastLevelCacheBytes(int threads, const std::filesystem::path& root = "/");

// From so many times the caches' size on, an array that is walked through again and again comes
// from memory. The best pass of x = a x + b was faster than over 32 times their size (32 MiB, two
// threads) by 55 % at 2 times, 23 % at 4, 5 % at 8, 2 % at 16.
inline constexpr std::int64_t kBeyondCaches = 8;

// The kernel writes "48K", "2M".
std::optional<std::int64_t> ParseCacheSize(std::string_view size);

}  // namespace biasbench::machine

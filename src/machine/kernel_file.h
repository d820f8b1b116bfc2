// Reading the small text files through which the kernel reports (/proc, /sys).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace biasbench::machine {

// The file's text without its final newline; nothing when it cannot be read.
std::optional<std::string> ReadKernelFile(const std::filesystem::path& path);

// A whole text that is one integer; nothing when it is anything else.
std::optional<std::int64_t> ParseInteger(std::string_view text);

// The number after `key` in the line that starts with exactly that word, in bytes: 1774 KiB for
// "VmHWM:  1774 kB" under "VmHWM:", 42 bytes for "inactive_file 42" under "inactive_file".
std::optional<std::int64_t> FindBytes(std::string_view text, std::string_view key);

}  // namespace biasbench::machine

// Result files: written whole or not at all, read with errors that say what is wrong.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace biasbench::record {

// The version of result files, in their context's schema_version. tools/migrate_results brings
// older ones here.
inline constexpr int kSchemaVersion = 3;

// A file that cannot be read or written, in one line that begins with its path.
class FileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws FileError unless a file of this name could be written now: call it before a long run. Its
// folder must exist. Refuses everything that is not a plain file that can be replaced: a device, a
// pipe, a folder; /dev/stdout, /dev/fd/1 and the like even where they lead to a plain file; and the
// file that standard output or standard error goes to. An existing file stays.
void CheckWritable(const std::filesystem::path& path);

// Writes through a temporary file in the same folder, fsynced and renamed: whoever reads `path`,
// even after a crash, sees the old content or the new, never a part. A symbolic link is followed.
// Refuses what CheckWritable does. Throws FileError; nothing is left behind then. (Only a process
// killed while writing leaves its temporary file, <name>.<process>-<number>.tmp.)
void WriteText(const std::filesystem::path& path, std::string_view text);

// JSON for people, with a final newline: NaN and ±infinity become null, invalid UTF-8 is replaced.
std::string DumpJson(const nlohmann::json& json);
void WriteJson(const std::filesystem::path& path, const nlohmann::json& json);

// Replaces the bare NaN, -NaN, Infinity and -Infinity of Google Benchmark 1.7.1's JSON, which no
// parser accepts, by null.
std::string NonFiniteToNull(std::string_view json_text);

// A file that holds one JSON object. Throws FileError when it is missing, truncated, nested more
// than 100 deep or something else.
nlohmann::json LoadObject(const std::filesystem::path& path);

// A file in Google Benchmark's format: an object with `context` (an object) and `benchmarks` (an
// array of objects, each with a `name`). Throws FileError as LoadObject does.
nlohmann::json LoadResults(const std::filesystem::path& path);

}  // namespace biasbench::record

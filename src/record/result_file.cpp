#include "record/result_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <system_error>

#include "text/excerpt.h"

namespace biasbench::record {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// The path for messages: an existing file is named in full; a mistyped path may be anything.
[[noreturn]] void Fail(const fs::path& path, std::string_view what) {
  std::error_code error;
  throw FileError(fmt::format(
      "{}: {}", fs::exists(path, error) ? path.string() : text::PathExcerpt(path.string()), what));
}

[[noreturn]] void FailToWrite(const fs::path& path, int error) {
  Fail(path, fmt::format("cannot write: {}", std::generic_category().message(error)));
}

fs::path Folder(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

[[noreturn]] void RefuseStream(const fs::path& path) {
  Fail(path, "cannot write: not a plain file, and only such a one can be replaced whole");
}

// True if the entries of this folder are descriptors of a process, as /dev/stdout and /dev/fd/1
// are: links to what is open, even where that is a plain file.
bool HoldsDescriptors(const fs::path& folder) {
  struct statfs system {};
  return statfs(folder.c_str(), &system) == 0 && system.f_type == PROC_SUPER_MAGIC;
}

// The file that `path` finally names, existing or not, through symbolic links but not descriptors.
fs::path FollowLinks(const fs::path& path) {
  constexpr int kMaxLinks = 40;  // the kernel's own bound
  fs::path target = path;
  std::error_code error;
  for (int links = 0; fs::is_symlink(fs::symlink_status(target, error)); ++links) {
    if (HoldsDescriptors(Folder(target))) RefuseStream(path);
    if (links == kMaxLinks) FailToWrite(path, ELOOP);
    target = Folder(target) / fs::read_symlink(target, error);
  }
  return target;
}

bool IsOpenAs(int descriptor, const fs::path& path) {
  struct stat open {};
  struct stat named {};
  return fstat(descriptor, &open) == 0 && stat(path.c_str(), &named) == 0 &&
         open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

// The file to replace for `path`. Renaming over anything but a plain file would destroy it, as root
// even /dev/null; renaming over the file that is standard output or standard error, what it held
// and all that is printed from then on.
fs::path Target(const fs::path& path) {
  fs::path target = FollowLinks(path);
  std::error_code error;
  const fs::file_status status = fs::status(target, error);
  if (fs::exists(status) && !fs::is_regular_file(status)) RefuseStream(path);
  if (!target.has_filename()) Fail(path, "cannot write: not a file's name");
  if (!fs::is_directory(Folder(target), error)) {
    Fail(path, fmt::format("cannot write: there is no folder {}",
                           text::PathExcerpt(Folder(target).string())));
  }
  if (IsOpenAs(STDOUT_FILENO, target) || IsOpenAs(STDERR_FILENO, target)) {
    Fail(path, "cannot write: standard output or standard error goes there; choose another file");
  }
  return target;
}

// A new file beside `target`, removed again unless renamed to it.
class TemporaryFile {
 public:
  TemporaryFile(fs::path shown, fs::path target)
      : shown_(std::move(shown)), target_(std::move(target)) {
    static std::atomic<int> counter = 0;
    name_ = fmt::format("{}.{}-{}.tmp", target_.string(), getpid(), counter++);
    descriptor_ = open(name_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor_ < 0) FailToWrite(shown_, errno);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (descriptor_ >= 0) close(descriptor_);
    if (!name_.empty()) unlink(name_.c_str());
  }

  void Write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = write(descriptor_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) FailToWrite(shown_, errno);
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  void RenameToTarget() {
    if (fsync(descriptor_) != 0) FailToWrite(shown_, errno);
    if (close(std::exchange(descriptor_, -1)) != 0) FailToWrite(shown_, errno);
    if (rename(name_.c_str(), target_.c_str()) != 0) FailToWrite(shown_, errno);
    name_.clear();
  }

 private:
  fs::path shown_;
  fs::path target_;
  std::string name_;
  int descriptor_ = -1;
};

// Makes the rename itself durable. Some file systems cannot (EINVAL).
void SyncFolder(const fs::path& path) {
  const int descriptor = open(Folder(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) FailToWrite(path, errno);
  const int error = fsync(descriptor) == 0 ? 0 : errno;
  close(descriptor);
  if (error != 0 && error != EINVAL) FailToWrite(path, error);
}

std::string ReadText(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) Fail(path, "cannot read: it is a folder");
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    Fail(path, fmt::format("cannot read: {}", std::generic_category().message(errno)));
  }
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (file.bad()) Fail(path, "cannot read");
  return text;
}

// Reading nested values takes no stack, but copying, comparing and writing them does, and room for
// as much indentation as the square of the depth. Ours are 6 deep.
constexpr int kDeepest = 100;

json Parse(const fs::path& path, const std::string& text) {
  const auto check_depth = [&](int depth, json::parse_event_t /*event*/, const json& /*value*/) {
    if (depth > kDeepest)
      Fail(path, fmt::format("JSON that is nested more than {} deep", kDeepest));
    return true;
  };
  try {
    return json::parse(text, check_depth);
  } catch (const json::parse_error& error) {
    const std::size_t read = std::min(error.byte, text.size());
    if (error.byte > text.size()) {
      Fail(path, fmt::format("truncated: the JSON ends unfinished after {} bytes", text.size()));
    }
    const auto line =
        1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(read), '\n');
    Fail(path, fmt::format("line {}: not valid JSON", line));
  } catch (const json::exception&) {
    Fail(path, "not valid JSON: a number out of range");
  }
}

bool IsNamedRow(const json& row) {
  return row.is_object() && row.contains("name") && row["name"].is_string();
}

}  // namespace

void CheckWritable(const fs::path& path) { TemporaryFile(path, Target(path)); }

void WriteText(const fs::path& path, std::string_view text) {
  const fs::path target = Target(path);
  TemporaryFile file(path, target);
  file.Write(text);
  file.RenameToTarget();
  SyncFolder(target);
}

std::string DumpJson(const json& value) {
  // nlohmann_json writes numbers that are not finite as null.
  return value.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

void WriteJson(const fs::path& path, const json& value) { WriteText(path, DumpJson(value)); }

std::string NonFiniteToNull(std::string_view json_text) {
  static constexpr auto kTokens =
      std::to_array<std::string_view>({"NaN", "-NaN", "Infinity", "-Infinity"});
  std::string result;
  result.reserve(json_text.size());
  bool in_string = false;
  for (std::size_t i = 0; i < json_text.size();) {
    const std::string_view rest = json_text.substr(i);
    const auto* token = std::ranges::find_if(
        kTokens, [&](std::string_view candidate) { return rest.starts_with(candidate); });
    if (!in_string && token != kTokens.end()) {
      result += "null";
      i += token->size();
      continue;
    }
    const std::size_t taken = in_string && rest.starts_with('\\') ? 2 : 1;
    if (rest.starts_with('"')) in_string = !in_string;
    result += rest.substr(0, taken);
    i += taken;
  }
  return result;
}

json LoadObject(const fs::path& path) {
  json object = Parse(path, ReadText(path));
  if (!object.is_object()) Fail(path, "not a JSON object");
  return object;
}

json LoadResults(const fs::path& path) {
  json results = Parse(path, NonFiniteToNull(ReadText(path)));
  const auto has = [&](const char* key, json::value_t type) {
    return results.is_object() && results.contains(key) && results[key].type() == type;
  };
  if (!has("context", json::value_t::object) || !has("benchmarks", json::value_t::array)) {
    Fail(path, "not a results file: it needs an object `context` and an array `benchmarks`");
  }
  const json& rows = results["benchmarks"];
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!IsNamedRow(rows[i])) {
      Fail(path, fmt::format("not a results file: benchmark {} has no `name`", i + 1));
    }
  }
  return results;
}

}  // namespace biasbench::record

#include "machine/kernel_file.h"

#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>

namespace biasbench::machine {

std::optional<std::string> ReadKernelFile(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (file.bad()) return std::nullopt;
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

std::optional<std::int64_t> ParseInteger(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> FindBytes(std::string_view text, std::string_view key) {
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    std::int64_t value = 0;
    if (!(words >> word) || word != key) continue;
    if (!(words >> value)) return std::nullopt;
    return words >> word && word == "kB" ? value * 1024 : value;
  }
  return std::nullopt;
}

}  // namespace biasbench::machine

#include "data/file_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

namespace biasbench::data {
namespace {

using namespace std::string_view_literals;

// Kinds that are not read, the bytes they begin with, and what to do about it.
struct Refused {
  std::string_view bytes;
  std::string_view kind;
  std::string_view advice;
};
constexpr std::string_view kArchive = "take the files out of it";
constexpr std::string_view kDecompress = "decompress it, or compress it with gzip";
constexpr std::string_view kConvert = "save it as CSV or as NumPy arrays (.npy)";
constexpr std::string_view kUtf8 = "save it as UTF-8";
constexpr std::string_view kDownload = "download the file that it stands for";
constexpr auto kRefused = std::to_array<Refused>({
    {"\x1f\x8b"sv, "gzip within gzip", "decompress it once"},
    {"PK\x03\x04"sv, "a zip archive (workbooks and .npz are such)",
     "take the files out of it, or save as CSV"},
    {"\x89HDF\r\n\x1a\n"sv, "HDF5", kConvert},
    {"PAR1"sv, "Parquet", kConvert},
    {"ARROW1"sv, "Arrow", kConvert},
    {"SQLite format 3\0"sv, "an SQLite database", kConvert},
    {"\xD0\xCF\x11\xE0"sv, "an old workbook", "save it as CSV"},
    {"\x80\x04\x95"sv, "a Python pickle", kConvert},
    {"MATLAB 5.0"sv, "a MATLAB file", kConvert},
    {"BZh"sv, "bzip2", kDecompress},
    {"\xFD"
     "7zXZ"sv,
     "xz", kDecompress},
    {"\x28\xB5\x2F\xFD"sv, "zstd", kDecompress},
    {"7z\xBC\xAF"sv, "a 7z archive", kArchive},
    {"\xFF\xFE"sv, "UTF-16", kUtf8},
    {"\xFE\xFF"sv, "UTF-16", kUtf8},
    {"%PDF"sv, "PDF", kConvert},
    {"version https://git-lfs"sv, "a Git LFS pointer", kDownload},
});
constexpr auto kMarkup = std::to_array<std::string_view>({"<!doctype html", "<html", "<head"});

std::string LowerWithoutLeadingBlanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n\xEF\xBB\xBF"), text.size()));
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

[[noreturn]] void Refuse(const CompressedFile& file, std::string_view kind,
                         std::string_view advice) {
  throw Error(fmt::format("{}: {}, expected CSV, IDX or NumPy: {}", file.name(), kind, advice));
}

}  // namespace

FileKind KindOf(CompressedFile& file) {
  std::array<std::uint8_t, 512> bytes{};
  file.Rewind();
  const auto got = static_cast<std::size_t>(file.Read(bytes));
  file.Rewind();
  const std::string_view begin(reinterpret_cast<const char*>(bytes.data()), got);
  if (begin.starts_with("\x93NUMPY")) return FileKind::kNumpy;
  for (const Refused& refused : kRefused) {
    if (begin.starts_with(refused.bytes)) Refuse(file, refused.kind, refused.advice);
  }
  const std::string lower = LowerWithoutLeadingBlanks(begin);
  for (const std::string_view tag : kMarkup) {
    if (lower.starts_with(tag)) {
      Refuse(file, "a web page (HTML)", "an error page may have been downloaded in its place");
    }
  }
  if (begin.size() > 3 && begin.starts_with("\0\0"sv)) return FileKind::kIdx;
  if (begin.find('\0') != std::string_view::npos) {
    Refuse(file, "binary data of an unknown kind", kConvert);
  }
  return FileKind::kText;
}

}  // namespace biasbench::data

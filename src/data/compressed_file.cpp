#include "data/compressed_file.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "text/excerpt.h"

namespace biasbench::data {
namespace {

constexpr unsigned kBufferBytes = 1U << 17;

// zlib opens files and descriptors only: bytes in memory become a file without a name.
int DescriptorOf(std::span<const std::uint8_t> bytes) {
  const int descriptor = memfd_create("biasbench", MFD_CLOEXEC);
  while (descriptor >= 0 && !bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0) {
      close(descriptor);
      return -1;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  if (descriptor >= 0) lseek(descriptor, 0, SEEK_SET);
  return descriptor;
}

std::string Reason(int zlib_code) {
  switch (zlib_code) {
    case Z_ERRNO:
      return std::strerror(errno);
    case Z_BUF_ERROR:
      return "its gzip data end early";
    case Z_DATA_ERROR:
      return "its gzip data are damaged";
    default:
      return zError(zlib_code);
  }
}

}  // namespace

void CompressedFile::Closer::operator()(gzFile_s* file) const { gzclose(file); }

CompressedFile::CompressedFile(const std::string& path) : name_(path) {
  // A pipe cannot be read twice, a device may never end, a directory not be read at all.
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    throw Error(fmt::format("{}: {}", text::PathExcerpt(path), error.message()));
  }
  if (!std::filesystem::is_regular_file(status)) {
    throw Error(fmt::format("{}: expected a regular file", path));
  }
  stored_bytes_ = static_cast<std::int64_t>(std::filesystem::file_size(path, error));
  file_.reset(gzopen(path.c_str(), "rbe"));
  if (!file_) throw Error(fmt::format("{}: cannot be opened: {}", path, std::strerror(errno)));
  gzbuffer(file_.get(), kBufferBytes);
}

CompressedFile::CompressedFile(std::string name, std::span<const std::uint8_t> bytes)
    : name_(std::move(name)) {
  const int descriptor = DescriptorOf(bytes);
  if (descriptor >= 0) file_.reset(gzdopen(descriptor, "rb"));
  if (!file_) throw Error(fmt::format("{}: cannot be opened: {}", name_, std::strerror(errno)));
}

std::int64_t CompressedFile::Read(std::span<std::uint8_t> bytes) {
  constexpr std::size_t kLargestRead = std::size_t{1} << 30;  // zlib counts in int
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto wanted = static_cast<unsigned>(std::min(bytes.size() - done, kLargestRead));
    const int got = gzread(file_.get(), bytes.data() + done, wanted);
    if (got <= 0) {
      ThrowIfFailed();
      break;
    }
    done += static_cast<std::size_t>(got);
  }
  return static_cast<std::int64_t>(done);
}

void CompressedFile::ReadExactly(std::span<std::uint8_t> bytes) {
  const std::int64_t got = Read(bytes);
  if (got != static_cast<std::int64_t>(bytes.size())) {
    throw Error(
        fmt::format("{}: ends early: {} bytes where {} were expected", name_, got, bytes.size()));
  }
}

void CompressedFile::Rewind() {
  if (gzrewind(file_.get()) != 0) throw Error(fmt::format("{}: cannot be read again", name_));
}

std::int64_t CompressedFile::Position() const { return gztell(file_.get()); }

double CompressedFile::ShareRead() const {
  const std::int64_t position = gzoffset(file_.get());
  if (stored_bytes_ <= 0 || position <= 0) return 0;
  return std::min(1.0, static_cast<double>(position) / static_cast<double>(stored_bytes_));
}

void CompressedFile::ThrowIfFailed() const {
  int code = Z_OK;
  gzerror(file_.get(), &code);
  if (code != Z_OK && code != Z_STREAM_END) {
    throw Error(fmt::format("{}: cannot be read: {}", name_, Reason(code)));
  }
}

}  // namespace biasbench::data

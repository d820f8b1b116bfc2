#include "data/compressed_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "text/excerpt.h"

namespace biasbench::data {
namespace {

// Bytes in memory become a file without a name, to be read like any other.
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

}  // namespace

// The file as it lies on disk, a block at a time, and zlib's state. inflate() is called here rather
// than gzread(), which takes a file for whole if it is cut at the byte whose contents fill the
// reader's buffer.
class CompressedFile::Stream {
 public:
  // Owns the descriptor.
  Stream(std::string name, int descriptor) : name_(std::move(name)), descriptor_(descriptor) {
    constexpr int kGzipOnly = 15 + 16;
    zlib_.next_in = block_.data();
    if (inflateInit2(&zlib_, kGzipOnly) != Z_OK) Fail("zlib cannot be started");
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() {
    inflateEnd(&zlib_);
    close(descriptor_);
  }

  // Reads the next bytes of the contents, fewer than asked for only at the end.
  std::size_t Read(std::span<std::uint8_t> bytes) {
    if (state_ == State::kUnread) state_ = BeginsMember() ? State::kGzip : State::kPlain;
    if (state_ == State::kPlain) return Copy(bytes);
    return state_ == State::kGzip ? Inflate(bytes) : 0;
  }

  bool Rewind() {
    if (lseek(descriptor_, 0, SEEK_SET) != 0) return false;
    inflateReset(&zlib_);
    zlib_.avail_in = 0;
    bytes_read_ = 0;
    state_ = State::kUnread;
    return true;
  }

  // The share of the file on disk that has been read.
  std::int64_t BytesTaken() const { return bytes_read_ - std::int64_t{zlib_.avail_in}; }

 private:
  enum class State : std::uint8_t { kUnread, kPlain, kGzip, kEnded };

  [[noreturn]] void Fail(std::string_view reason) const {
    throw Error(fmt::format("{}: cannot be read: {}", name_, reason));
  }

  // Reads more of the file after the bytes not yet consumed; false at its end.
  bool Fill() {
    std::memmove(block_.data(), zlib_.next_in, zlib_.avail_in);
    zlib_.next_in = block_.data();
    const std::span free = std::span(block_).subspan(zlib_.avail_in);
    ssize_t got = 0;
    do {
      got = read(descriptor_, free.data(), free.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0) Fail(std::generic_category().message(errno));
    zlib_.avail_in += static_cast<unsigned>(got);
    bytes_read_ += got;
    return got > 0;
  }

  bool BeginsMember() {
    while (zlib_.avail_in < 2 && Fill()) {
    }
    return zlib_.avail_in >= 2 && zlib_.next_in[0] == 0x1F && zlib_.next_in[1] == 0x8B;
  }

  // The rest is a member cut or damaged at its very beginning, or was never compressed: contents
  // that would be lost.
  void EndData() {
    do {
      const std::span rest(zlib_.next_in, zlib_.avail_in);
      if (std::ranges::any_of(rest, [](std::uint8_t byte) { return byte != 0; })) {
        Fail("what follows its gzip data is none");
      }
      zlib_.avail_in = 0;
    } while (Fill());
    state_ = State::kEnded;
  }

  std::size_t Copy(std::span<std::uint8_t> bytes) {
    std::size_t done = 0;
    while (done < bytes.size() && (zlib_.avail_in > 0 || Fill())) {
      const std::size_t part = std::min<std::size_t>(bytes.size() - done, zlib_.avail_in);
      std::memcpy(bytes.data() + done, zlib_.next_in, part);
      zlib_.next_in += part;
      zlib_.avail_in -= static_cast<unsigned>(part);
      done += part;
    }
    return done;
  }

  // A file may hold several members. Zeros may follow them, which tapes and block devices leave.
  std::size_t Inflate(std::span<std::uint8_t> bytes) {
    constexpr std::size_t kLargestPart = std::size_t{1} << 30;  // zlib counts in 32 bits
    std::size_t done = 0;
    while (done < bytes.size() && state_ == State::kGzip) {
      const bool has_input = zlib_.avail_in > 0 || Fill();
      const auto room = static_cast<unsigned>(std::min(bytes.size() - done, kLargestPart));
      zlib_.next_out = bytes.data() + done;
      zlib_.avail_out = room;
      const int code = inflate(&zlib_, Z_NO_FLUSH);
      done += room - zlib_.avail_out;
      if (code == Z_STREAM_END) {
        inflateReset(&zlib_);
        if (!BeginsMember()) EndData();
      } else if (code == Z_BUF_ERROR && !has_input) {
        Fail("its gzip data end early");
      } else if (code == Z_DATA_ERROR || code == Z_NEED_DICT) {
        Fail("its gzip data are damaged");
      } else if (code != Z_OK && code != Z_BUF_ERROR) {
        Fail(zError(code));
      }
    }
    return done;
  }

  std::string name_;
  int descriptor_;
  State state_ = State::kUnread;
  std::vector<std::uint8_t> block_ = std::vector<std::uint8_t>(std::size_t{1} << 17);
  // next_in, avail_in: what has been read of the file and not been taken, of a plain one, too.
  z_stream zlib_{};
  std::int64_t bytes_read_ = 0;
};

void CompressedFile::Deleter::operator()(Stream* stream) const { delete stream; }

std::unique_ptr<CompressedFile::Stream, CompressedFile::Deleter> CompressedFile::Open(
    const std::string& name, int descriptor) {
  if (descriptor < 0) {
    throw Error(fmt::format("{}: cannot be opened: {}", name, std::strerror(errno)));
  }
  return std::unique_ptr<Stream, Deleter>(new Stream(name, descriptor));
}

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
  stream_ = Open(name_, open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

CompressedFile::CompressedFile(std::string name, std::span<const std::uint8_t> bytes)
    : name_(std::move(name)) {
  stream_ = Open(name_, DescriptorOf(bytes));
}

std::int64_t CompressedFile::Read(std::span<std::uint8_t> bytes) {
  const auto got = static_cast<std::int64_t>(stream_->Read(bytes));
  position_ += got;
  return got;
}

void CompressedFile::ReadExactly(std::span<std::uint8_t> bytes) {
  const std::int64_t got = Read(bytes);
  if (got != static_cast<std::int64_t>(bytes.size())) {
    throw Error(
        fmt::format("{}: ends early: {} bytes where {} were expected", name_, got, bytes.size()));
  }
}

void CompressedFile::Rewind() {
  if (!stream_->Rewind()) throw Error(fmt::format("{}: cannot be read again", name_));
  position_ = 0;
}

double CompressedFile::ShareRead() const {
  if (stored_bytes_ <= 0) return 0;
  const auto taken = static_cast<double>(stream_->BytesTaken());
  return std::min(1.0, taken / static_cast<double>(stored_bytes_));
}

}  // namespace biasbench::data

#include "data/csv_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "machine/digest.h"

namespace biasbench::data {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 17;
constexpr std::size_t kLongestRecord = std::size_t{1} << 26;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view TrimEnd(std::string_view text) {
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

CsvRecords::CsvRecords(CompressedFile& file, CsvFormat format, machine::Sha256* sha256)
    : file_(file), format_(format), sha256_(sha256), buffer_(kBlockBytes) {
  file_.Rewind();
  while (end_ < kByteOrderMark.size() && Fill()) {
  }
  if (std::string_view(buffer_.data(), end_).starts_with(kByteOrderMark)) {
    begin_ = kByteOrderMark.size();
  }
}

bool CsvRecords::IsBlank(char letter) const {
  return letter == ' ' || (letter == '\t' && format_.separator != '\t');
}

bool CsvRecords::IsSeparator(char letter) const {
  return letter == format_.separator || (letter == '\t' && format_.separator == ' ');
}

bool CsvRecords::IsComment(char letter) const {
  return letter == format_.comment && format_.comment != '\0';
}

// Reads more after the records not yet returned; false at the file's end.
bool CsvRecords::Fill() {
  if (end_ == buffer_.size()) {
    if (begin_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      dropped_bytes_ += static_cast<std::int64_t>(begin_);
      end_ -= begin_;
      begin_ = 0;
    } else {
      buffer_.resize(2 * buffer_.size());
    }
  }
  const std::span free(reinterpret_cast<std::uint8_t*>(buffer_.data()) + end_,
                       buffer_.size() - end_);
  const std::int64_t got = file_.Read(free);
  if (sha256_ != nullptr) sha256_->Add(free.first(static_cast<std::size_t>(got)));
  end_ += static_cast<std::size_t>(got);
  return got > 0;
}

// Finds the end of the record that begins at begin_: its newline, or the file's end. False if the
// file has ended already.
bool CsvRecords::FindEnd() {
  has_quotes_ = false;
  std::size_t searched = 0;  // from begin_, which moves
  for (;;) {
    const char* const from = buffer_.data() + begin_ + searched;
    const std::size_t left = end_ - begin_ - searched;
    const auto* const newline = static_cast<const char*>(std::memchr(from, '\n', left));
    const std::size_t length = newline == nullptr ? left : static_cast<std::size_t>(newline - from);
    if (std::memchr(from, '"', length) != nullptr) return FindQuotedEnd();
    searched += length;
    if (newline != nullptr) break;
    if (searched > kLongestRecord) {
      throw TooLong();
    }
    if (!Fill()) break;
  }
  record_end_ = begin_ + searched;
  return record_end_ < end_ || searched > 0;
}

// FindEnd() for a record with quotation marks: newlines between them belong to it. They open a
// field only as its first character; elsewhere they are letters.
bool CsvRecords::FindQuotedEnd() {
  has_quotes_ = true;
  bool is_quoted = false;
  bool is_comment = false;
  bool begins_field = true;
  std::size_t offset = 0;  // from begin_, which moves
  for (;; ++offset) {
    if (begin_ + offset == end_ && (offset > kLongestRecord || !Fill())) {
      if (is_quoted) throw Unclosed(next_line_);
      if (offset > kLongestRecord) throw TooLong();
      break;
    }
    const char letter = buffer_[begin_ + offset];
    if (letter == '\n' && !is_quoted) break;
    if (is_comment) continue;
    if (letter == '"' && (is_quoted || begins_field)) {
      is_quoted = !is_quoted;
      begins_field = is_quoted || begins_field;  // a doubled one opens the field again
      continue;
    }
    if (is_quoted) continue;
    is_comment = IsComment(letter);
    begins_field = IsSeparator(letter) || (begins_field && IsBlank(letter));
  }
  record_end_ = begin_ + offset;
  return true;
}

Error CsvRecords::TooLong() const {
  return Error(fmt::format("{}:{}: a line of more than {} MiB, expected lines of fields",
                           file_.name(), next_line_, kLongestRecord >> 20));
}

Error CsvRecords::Unclosed(std::int64_t line) const {
  return Error(
      fmt::format("{}:{}: a quotation mark opens a field that none closes", file_.name(), line));
}

bool CsvRecords::Next() {
  while (FindEnd()) {
    line_ = next_line_;
    std::string_view record(buffer_.data() + begin_, record_end_ - begin_);
    next_line_ += 1 + (has_quotes_ ? std::ranges::count(record, '\n') : 0);
    begin_ = std::min(record_end_ + 1, end_);
    if (record.ends_with('\r')) record.remove_suffix(1);
    Split(record);
    if (!fields_.empty()) return true;
  }
  fields_.clear();
  return false;
}

// A field between quotation marks, the first of which begins `rest`; leaves what follows it.
std::string_view CsvRecords::TakeQuoted(std::string_view& rest) {
  rest.remove_prefix(1);
  const std::size_t begin = unquoted_.size();
  for (;;) {
    const std::size_t mark = rest.find('"');
    if (mark == std::string_view::npos) throw Unclosed(line_);
    const bool is_doubled = rest.substr(mark).starts_with("\"\"");
    if (!is_doubled && unquoted_.size() == begin) {
      const std::string_view field = rest.substr(0, mark);
      rest.remove_prefix(mark + 1);
      return field;
    }
    unquoted_.append(rest.substr(0, mark + (is_doubled ? 1 : 0)));
    rest.remove_prefix(mark + (is_doubled ? 2 : 1));
    if (!is_doubled) return std::string_view(unquoted_).substr(begin);
  }
}

// Leaves no field for a line of blanks or a comment.
void CsvRecords::Split(std::string_view rest) {
  fields_.clear();
  unquoted_.clear();
  if (has_quotes_) unquoted_.reserve(rest.size());  // its views stay where they are
  const auto skip_blanks = [&] {
    while (!rest.empty() && IsBlank(rest[0])) rest.remove_prefix(1);
  };
  const auto is_over = [&] { return rest.empty() || IsComment(rest[0]); };
  skip_blanks();
  if (is_over()) return;
  for (;;) {
    if (rest.starts_with('"')) {
      fields_.push_back(TakeQuoted(rest));
    } else {
      std::size_t length = 0;
      while (length < rest.size() && !IsSeparator(rest[length]) && !IsComment(rest[length])) {
        ++length;
      }
      fields_.push_back(TrimEnd(rest.substr(0, length)));
      rest.remove_prefix(length);
    }
    const std::size_t before = rest.size();
    skip_blanks();
    if (is_over()) return;
    if (format_.separator == ' ' && rest.size() < before) continue;
    if (!rest.starts_with(format_.separator)) {
      throw Error(fmt::format("{}:{}: field {} goes on after its closing quotation mark",
                              file_.name(), line_, fields_.size()));
    }
    rest.remove_prefix(1);
    skip_blanks();
    if (is_over()) {
      fields_.emplace_back();
      return;
    }
  }
}

}  // namespace biasbench::data

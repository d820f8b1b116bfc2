#include "data/csv_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "data/csv_layout.h"
#include "data/csv_number.h"
#include "text/excerpt.h"

namespace biasbench::data {
namespace {

constexpr std::string_view kCommentAdvice = "; --comment=# leaves such lines out";
constexpr std::string_view kDecimalAdvice = "; --decimal=, reads decimal commas";

}  // namespace

CsvReader::CsvReader(CompressedFile file, const CsvOptions& options, const CsvReader* like,
                     machine::Sha256* sha256)
    : file_(std::make_unique<CompressedFile>(std::move(file))),
      options_(options),
      separator_(options.separator ? *options.separator : RecogniseSeparator(*file_, options)) {
  DecideHeader(like);
  records_ = std::make_unique<CsvRecords>(
      *file_, CsvFormat{.separator = separator_, .comment = options.comment}, sha256);
  TakeFirst();
}

void CsvReader::DecideHeader(const CsvReader* like) {
  has_header_ = options_.header == CsvHeader::kYes;
  if (options_.header != CsvHeader::kAuto) return;
  HeaderDecision decision = data::DecideHeader(*file_, options_, separator_);
  if (!decision.has_header && like != nullptr) {
    decision = {.has_header = like->has_header_, .reason = fmt::format("as in {}", like->path())};
  }
  if (!decision.has_header) RefuseToDecide();
  has_header_ = *decision.has_header;
  header_reason_ = std::move(decision.reason);
}

void CsvReader::TakeFirst() {
  if (!records_->Next()) RefuseEmpty();
  begins_with_comment_ = records_->fields().front().starts_with('#');
  first_line_ = records_->line();
  columns_ = std::ssize(records_->fields());
  has_record_ = !has_header_;
  if (has_header_) {
    column_names_.assign(records_->fields().begin(), records_->fields().end());
    has_index_ = columns_ > 1 && column_names_.front().empty();
  }
}

// Throws Error for first lines that do not decide on a header: numbers may be written otherwise.
void CsvReader::RefuseToDecide() const {
  CsvRecords records(*file_, {.separator = separator_, .comment = options_.comment});
  if (!records.Next()) RefuseEmpty();
  const std::string place = fmt::format("{}:{}", path(), records.line());
  const bool begins_with_comment = records.fields().front().starts_with('#');
  if (begins_with_comment && options_.comment == '\0') {
    throw Error(fmt::format("{}: a comment{}", place, kCommentAdvice));
  }
  CsvOptions with_commas = options_;
  with_commas.decimal = ',';
  if (separator_ != ',' && options_.decimal != ',' &&
      data::DecideHeader(*file_, with_commas, separator_).has_header) {
    throw Error(fmt::format("{}: columns of text, expected numbers{}", place, kDecimalAdvice));
  }
  throw Error(
      fmt::format("{}: nothing tells whether the first line is a header, since no column is "
                  "numbers below it; say --header=yes or --header=no{}",
                  place, SeparatorAdvice()));
}

void CsvReader::RefuseEmpty() const {
  throw Error(fmt::format("{}: empty, expected lines of comma-separated numbers", path()));
}

bool CsvReader::Next() {
  if (!has_record_ && !records_->Next()) {
    if (!numbers_.empty()) return false;
    throw Error(fmt::format("{}: a header and no line of numbers after it", path()));
  }
  has_record_ = false;
  const std::span<const std::string_view> fields = records_->fields();
  numbers_.assign(fields.size(), 0);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (static_cast<std::int64_t>(i) == text_column_ || (has_index_ && i == 0)) continue;
    const std::optional<float> number = ParseCsvNumber(fields[i], options_.decimal);
    if (!number) Refuse(i);
    numbers_[i] = *number;
  }
  CheckLength();
  return true;
}

void CsvReader::CheckLength() const {
  if (std::ssize(numbers_) == columns_) return;
  throw Error(fmt::format("{}: {} fields, expected {} as on line {}{}", Place(), numbers_.size(),
                          columns_, first_line_,
                          begins_with_comment_ ? std::string(kCommentAdvice) : SeparatorAdvice()));
}

void CsvReader::Refuse(std::size_t column) const {
  const std::string_view field = records_->fields()[column];
  std::string advice;
  if (field.starts_with('#') || begins_with_comment_) {
    advice = kCommentAdvice;
  } else if (options_.decimal != ',' && separator_ != ',' && ParseCsvNumber(field, ',')) {
    advice = kDecimalAdvice;
  } else if (options_.decimal != '.' && ParseCsvNumber(field, '.')) {
    advice = "; leave out --decimal=, for decimal points";
  } else {
    advice = SeparatorAdvice();
  }
  throw Error(fmt::format("{}: {} is \"{}\", expected a finite single-precision number{}", Place(),
                          ColumnTitle(static_cast<std::int64_t>(column)), text::Excerpt(field),
                          advice));
}

std::string CsvReader::Decisions() const {
  std::vector<std::string> decisions;
  if (!options_.separator && separator_ != ',') {
    decisions.push_back(fmt::format("fields are separated by {}s", SeparatorName(separator_)));
  }
  if (!header_reason_.empty()) {
    decisions.push_back(
        fmt::format("the first line is {} header: {}", has_header_ ? "a" : "no", header_reason_));
  }
  if (has_index_) decisions.emplace_back("column 1 has no name: an index, left out");
  return fmt::format("{}", fmt::join(decisions, "; "));
}

std::string CsvReader::SeparatorAdvice() const {
  if (!options_.separator) return "";
  const char likely = RecogniseSeparator(*file_, options_);
  if (likely == separator_) return "";
  return fmt::format("; --separator={} would fit", SeparatorName(likely));
}

std::string CsvReader::ColumnTitle(std::int64_t column) const {
  const auto i = static_cast<std::size_t>(column);
  if (i >= column_names_.size()) return fmt::format("field {}", column + 1);
  return fmt::format("field {} (\"{}\")", column + 1, text::Excerpt(column_names_[i]));
}

std::string CsvReader::Place() const { return fmt::format("{}:{}", path(), records_->line()); }
std::string CsvReader::FirstPlace() const { return fmt::format("{}:{}", path(), first_line_); }

}  // namespace biasbench::data

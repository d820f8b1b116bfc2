#include "data/class_labels.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <system_error>

#include "data/csv_number.h"
#include "data/dataset.h"
#include "text/excerpt.h"

namespace biasbench::data {
namespace {

constexpr std::size_t kMaxClasses = 65'536;

template <class Number>
std::optional<Number> Parse(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

// The label as a whole number: "7", "+7", "7.0".
std::optional<std::int64_t> WholeNumber(std::string_view label) {
  if (const auto number = Parse<std::int64_t>(label)) return number;
  constexpr double kMax = 0x1p53;  // beyond which not every whole number is one
  const auto number = Parse<double>(label);
  if (!number || !(std::abs(*number) <= kMax) || *number != std::floor(*number)) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*number);
}

}  // namespace

bool Classes::are_indices() const {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (!index_of_number_.contains(static_cast<std::int64_t>(i))) return false;
  }
  return true;
}

std::int32_t Classes::Find(std::string_view label, const LabelPlace& place,
                           const std::string& source) const {
  if (const auto found = index_of_text_.find(label); found != index_of_text_.end()) {
    return found->second;
  }
  if (const auto number = WholeNumber(label); number && index_of_number_.contains(*number)) {
    return index_of_number_.at(*number);
  }
  throw Error(fmt::format("{}: label \"{}\", expected one of {}'s {}: {}", place(),
                          text::Excerpt(label), source, count(),
                          text::Excerpt(fmt::format("{}", fmt::join(names_, ", ")))));
}

std::int32_t LabelCollector::Add(std::string_view label, const LabelPlace& place) {
  if (const auto found = numbers_.find(label); found != numbers_.end()) return found->second;
  const bool is_number = IsCsvNumber(label, '.');
  if (label.empty() || (is_number && !ParseCsvNumber(label, '.') && !WholeNumber(label))) {
    throw Error(fmt::format("{}: label \"{}\", expected text or a whole number", place(),
                            text::Excerpt(label)));
  }
  if (is_number && fraction_.empty() && !WholeNumber(label)) {
    fraction_ = fmt::format(
        "{}: label {}, expected text or a whole number; --kind=regression takes any numbers",
        place(), text::Excerpt(label));
  }
  if (labels_.size() == kMaxClasses) {
    throw Error(fraction_.empty()
                    ? fmt::format("{}: more than {} different labels; --kind=regression takes "
                                  "numbers that are no classes",
                                  place(), kMaxClasses)
                    : fraction_);
  }
  const auto number = static_cast<std::int32_t>(labels_.size());
  labels_.emplace_back(label);
  numbers_.emplace(labels_.back(), number);
  return number;
}

Classes LabelCollector::Finish(const std::string& source) const {
  const bool are_numbers = std::ranges::all_of(
      labels_, [](const std::string& label) { return IsCsvNumber(label, '.'); });
  if (are_numbers && !fraction_.empty()) throw Error(fraction_);
  Classes classes;
  if (are_numbers) {
    std::map<std::int64_t, std::string> by_value;
    for (const std::string& label : labels_) by_value.emplace(*WholeNumber(label), label);
    for (const auto& [value, label] : by_value) {
      classes.index_of_number_.emplace(value, static_cast<std::int32_t>(classes.names_.size()));
      classes.names_.push_back(std::to_string(value));
    }
    for (const std::string& label : labels_) {
      classes.index_of_text_.emplace(label, classes.index_of_number_.at(*WholeNumber(label)));
    }
  } else {
    classes.names_ = labels_;
    std::ranges::sort(classes.names_);
    for (std::size_t i = 0; i < classes.names_.size(); ++i) {
      classes.index_of_text_.emplace(classes.names_[i], static_cast<std::int32_t>(i));
    }
  }
  if (classes.count() < 2) {
    throw Error(fmt::format("{}: all labels are \"{}\", expected 2 classes or more", source,
                            text::Excerpt(labels_.empty() ? "" : labels_.front())));
  }
  return classes;
}

std::vector<std::int32_t> LabelCollector::ClassesOfLabels(const Classes& classes) const {
  std::vector<std::int32_t> of_label;
  for (const std::string& label : labels_) of_label.push_back(classes.index_of_text_.at(label));
  return of_label;
}

}  // namespace biasbench::data

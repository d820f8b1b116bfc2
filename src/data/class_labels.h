// Class labels of the reader's own data: text or whole numbers, in an order that is always the
// same.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace biasbench::data {

// A label's place in its file, for messages.
using LabelPlace = std::function<std::string()>;

// A hash that looks text up without copying it.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};
using LabelNumbers = std::unordered_map<std::string, std::int32_t, TextHash, std::equal_to<>>;

// Classes in their order: labels that are all whole numbers by their value (1, 01 and 1.0 are one),
// others as text, byte by byte.
class Classes {
 public:
  std::int64_t count() const { return static_cast<std::int64_t>(names_.size()); }
  // (count), a label of each.
  const std::vector<std::string>& names() const { return names_; }
  // True if the labels are 0 … K − 1, each its own class.
  bool are_indices() const;
  // The class of a label. Throws Error, naming label and place, for a label that the training data
  // lack; `source` names those data.
  std::int32_t Find(std::string_view label, const LabelPlace& place,
                    const std::string& source) const;

 private:
  friend class LabelCollector;
  std::vector<std::string> names_;
  LabelNumbers index_of_text_;
  std::unordered_map<std::int64_t, std::int32_t> index_of_number_;
};

// Gathers the training data's labels.
class LabelCollector {
 public:
  // Returns the label's number in order of first appearance. Throws Error for an empty label and
  // for more than 65,536 different ones.
  std::int32_t Add(std::string_view label, const LabelPlace& place);
  // Throws Error, naming `source`, if there are fewer than two classes or labels are numbers that
  // are not whole.
  Classes Finish(const std::string& source) const;
  // The class of each label, by order of first appearance.
  std::vector<std::int32_t> ClassesOfLabels(const Classes& classes) const;

 private:
  LabelNumbers numbers_;
  std::vector<std::string> labels_;
  std::string fraction_;  // of the first number that is not whole, what to say
};

}  // namespace biasbench::data

// Where a result row stands on the axes, as its keys say.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "setting/axis.h"

namespace biasbench::setting {

// Of axes. (A vector, so that it may be made up of what the table says.)
using Keys = std::vector<std::string_view>;

// A row may lack axes (those of peers, of other programs, of older files): it then says nothing of
// them.
class Coordinates {
 public:
  Coordinates() = default;
  // Of the row's keys those of axes; null, which says nothing, is left out.
  explicit Coordinates(const nlohmann::json& row);

  void Set(std::string_view key, Value value);

  // "1000", "learned", "true"; empty where the row says nothing.
  std::string Text(std::string_view key) const;
  // Whether a name would leave it out; also where the row says nothing.
  bool IsUsual(std::string_view key) const;

  // What its name says of the axes, part by part: "learned", "hidden:1000", "center"; those of
  // `without` left out.
  std::vector<std::string> Parts(const Keys& without = {}) const;
  // The same of these axes only.
  std::vector<std::string> PartsOf(const Keys& keys) const;
  // The parts as a name has them: "learned/hidden:1000/center".
  std::string Name(const Keys& without = {}) const;

 private:
  // Only rows of programs that train have certain keys.
  bool IsOfTraining() const;
  std::string Part(const Axis& axis) const;

  std::map<std::string, Value, std::less<>> values_;
};

}  // namespace biasbench::setting

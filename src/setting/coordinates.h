// A result row's coordinates: its values on the axes, from its keys.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "setting/axis.h"

namespace biasbench::setting {

// Keys of axes. (A vector, so that it can be built from the table.)
using Keys = std::vector<std::string_view>;

// The coordinates of a row. A row may lack axes (those of peers, of other programs, of older
// files).
class Coordinates {
 public:
  Coordinates() = default;
  // Takes those of the row's keys that are axes; null, which says nothing, is left out.
  explicit Coordinates(const nlohmann::json& row);

  void Set(std::string_view key, Value value);

  // "1000", "learned", "true"; empty where the row says nothing.
  std::string Text(std::string_view key) const;
  // True if names omit the value, or the row has none.
  bool IsUsual(std::string_view key) const;

  // The parts of its name: "learned", "hidden:1000", "center"; axes in `without` are left out.
  std::vector<std::string> Parts(const Keys& without = {}) const;
  // The parts of its name for these axes only.
  std::vector<std::string> PartsOf(const Keys& keys) const;
  // The parts joined to a name: "learned/hidden:1000/center".
  std::string Name(const Keys& without = {}) const;

 private:
  // True for rows of programs that train, told by keys that only they have.
  bool IsOfTraining() const;
  std::string Part(const Axis& axis) const;

  std::map<std::string, Value, std::less<>> values_;
};

}  // namespace biasbench::setting

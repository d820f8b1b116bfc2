#include "report/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace biasbench::report {

std::string Integer(double value) {
  std::string digits = fmt::format("{:.0f}", std::abs(value));
  for (std::ptrdiff_t i = std::ssize(digits) - 3; i > 0; i -= 3) {
    digits.insert(static_cast<std::size_t>(i), 1, ',');
  }
  return fmt::format("{}{}", value <= -0.5 ? "−" : "", digits);
}

std::string Mebibytes(double bytes) {
  const double mebibytes = bytes / 0x1p20;
  return bytes != 0 && std::abs(mebibytes) < 0.005 ? "<0.01" : fmt::format("{:.2f}", mebibytes);
}

std::string Bytes(double bytes) {
  const double size = std::abs(bytes);
  if (size < 0x1p10) return Integer(bytes) + " B";
  if (size < 0x1p20) return fmt::format("{:.2f} KiB", bytes / 0x1p10);
  if (size < 0x1p30) return fmt::format("{:.2f} MiB", bytes / 0x1p20);
  return fmt::format("{:.2f} GiB", bytes / 0x1p30);
}

std::string Percent(double share) {
  return share != 0 && std::abs(share) < 1e-5 ? "<0.001 %" : ThreeDigits(100 * share) + " %";
}

std::string ThreeDigits(double value) {
  if (std::isinf(value)) return "∞";
  if (value == 0) return "0";
  if (std::abs(value) >= 999'999.5) return fmt::format("{:.2e}", value);
  return std::abs(value) >= 99.95 ? Integer(value) : fmt::format("{:#.3g}", value);
}

std::string Plain(std::string_view text) {
  std::string plain(text);
  std::ranges::replace(plain, '`', '\'');
  return plain;
}

std::string Code(std::string_view text) { return fmt::format("`{}`", Plain(text)); }

std::string Counted(std::int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace biasbench::report

// The values callee: exports every interface of `test:values`. What each function does is said in its WIT.

#include "callee_cpp.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace shapes = exports::test::values::shapes;
namespace scalars = exports::test::values::scalars;
namespace lists = exports::test::values::lists;
namespace compounds = exports::test::values::compounds;

namespace {

// Adds as WIT's functions do it: wrapping around.
template <class Integer>
Integer plus(Integer a, Integer b) {
  using Unsigned = std::make_unsigned_t<Integer>;
  return Integer(Unsigned(Unsigned(a) + Unsigned(b)));
}

template <class Integer>
Integer next(Integer v) {
  return plus(v, Integer(1));
}

template <class T>
wit::vector<T> reversed(wit::vector<T> v) {
  std::ranges::reverse(v.get_view());
  return v;
}

// A new list, of what `change` makes of each element. Elements can only be moved in: a list's memory is not a container's.
template <class Result, class T, class Change>
wit::vector<Result> mapped(wit::vector<T> v, Change change) {
  auto results = wit::vector<Result>::allocate(v.size());
  for (size_t i = 0; i < v.size(); i++) results.initialize(i, change(std::move(v[i])));
  return results;
}

wit::string followed(const wit::string &text, char more) { return wit::string::from_view(text.to_string() + more); }

shapes::Line exchanged(shapes::Line line) {
  std::swap(line.from, line.to);
  return line;
}

template <class Enum>
Enum case_after(Enum v, unsigned count) {
  return Enum((unsigned(v) + 1) % count);
}

template <class Flags>
Flags inverted(Flags flags, uint32_t all) {
  return Flags(~uint32_t(flags) & all);
}

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

using Payload = shapes::Payload;

void append_utf8(std::string &text, uint32_t c) {
  if (c < 0x80) {
    text += char(c);
    return;
  }
  int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  text += char(0xFFu << (7 - more) | c >> (6 * more));
  while (more-- > 0) text += char(0x80 | (c >> (6 * more) & 0x3F));
}

// The bytes of a character by its first byte.
size_t width(char first) {
  auto byte = uint8_t(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

}  // namespace

shapes::Point shapes::Origin() { return {7, -7}; }

bool scalars::Negate(bool v) { return !v; }
uint8_t scalars::NextU8(uint8_t v) { return next(v); }
int8_t scalars::NextS8(int8_t v) { return next(v); }
uint16_t scalars::NextU16(uint16_t v) { return next(v); }
int16_t scalars::NextS16(int16_t v) { return next(v); }
uint32_t scalars::NextU32(uint32_t v) { return next(v); }
int32_t scalars::NextS32(int32_t v) { return next(v); }
uint64_t scalars::NextU64(uint64_t v) { return next(v); }
int64_t scalars::NextS64(int64_t v) { return next(v); }
float scalars::EchoF32(float v) { return v; }
double scalars::EchoF64(double v) { return v; }
double scalars::SubtractF64(double a, double b) { return a - b; }
uint32_t scalars::EchoChar(uint32_t v) { return v; }
std::tuple<uint32_t, uint32_t> scalars::SwapChars(uint32_t a, uint32_t b) { return {b, a}; }
wit::string scalars::EchoString(wit::string v) { return v; }

wit::string scalars::Join(wit::string a, wit::string b, wit::string c, wit::string separator) {
  std::string joined = a.to_string();
  joined.append(separator.get_view()).append(b.get_view()).append(separator.get_view()).append(c.get_view());
  return wit::string::from_view(joined);
}

wit::vector<wit::string> scalars::Split(wit::string text) {
  std::string_view rest = text.get_view();
  size_t count = 0;
  for (size_t at = 0; at < rest.size(); at += width(rest[at])) count++;
  auto parts = wit::vector<wit::string>::allocate(count);
  for (size_t i = 0; i < count; i++) {
    size_t size = width(rest.front());
    parts.initialize(i, wit::string::from_view(rest.substr(0, size)));
    rest.remove_prefix(size);
  }
  return parts;
}

void scalars::Touch() {}
uint8_t scalars::Seven() { return 7; }
void scalars::Sink(wit::string) {}

wit::vector<uint8_t> lists::EchoBytes(wit::vector<uint8_t> v) { return v; }

int64_t lists::Sum(wit::vector<int32_t> v) {
  int64_t sum = 0;
  for (int32_t number : v.get_view()) sum += number;
  return sum;
}

wit::vector<uint64_t> lists::ReverseU64(wit::vector<uint64_t> v) { return reversed(std::move(v)); }
wit::vector<float> lists::ReverseF32(wit::vector<float> v) { return reversed(std::move(v)); }

wit::vector<bool> lists::NegateAll(wit::vector<bool> v) {
  for (bool &b : v.get_view()) b = !b;
  return v;
}

wit::string lists::Spell(wit::vector<uint32_t> v) {
  std::string text;
  for (uint32_t c : v.get_view()) append_utf8(text, c);
  return wit::string::from_view(text);
}

wit::vector<wit::string> lists::ReverseStrings(wit::vector<wit::string> v) { return reversed(std::move(v)); }

wit::vector<wit::vector<uint16_t>> lists::ReverseNested(wit::vector<wit::vector<uint16_t>> v) {
  for (auto &inner : v.get_view()) std::ranges::reverse(inner.get_view());
  return reversed(std::move(v));
}

lists::Points lists::MovePoints(Points v, Point by) {
  for (Point &point : v.get_view()) point = {plus(point.x, by.x), plus(point.y, by.y)};
  return v;
}

wit::vector<shapes::Line> lists::ReverseLines(wit::vector<Line> v) {
  return reversed(mapped<Line>(std::move(v), exchanged));
}

wit::vector<std::tuple<wit::string, uint8_t>> lists::SwapPairs(wit::vector<std::tuple<uint8_t, wit::string>> v) {
  return mapped<std::tuple<wit::string, uint8_t>>(std::move(v), compounds::SwapPair);
}

wit::vector<shapes::Payload> lists::NextPayloads(wit::vector<Payload> v) {
  return mapped<Payload>(std::move(v), compounds::NextPayload);
}

wit::vector<shapes::Color> lists::NextColors(wit::vector<Color> v) {
  return mapped<Color>(std::move(v), compounds::NextColor);
}

wit::vector<std::optional<wit::string>> lists::ReverseOptions(wit::vector<std::optional<wit::string>> v) {
  return reversed(std::move(v));
}

wit::vector<std::expected<wit::string, int32_t>> lists::FlipResults(
    wit::vector<std::expected<int32_t, wit::string>> v) {
  using Flipped = std::expected<wit::string, int32_t>;
  return mapped<Flipped>(std::move(v), [](std::expected<int32_t, wit::string> result) -> Flipped {
    if (result) return std::unexpected(*result);
    return std::move(result.error());
  });
}

std::tuple<wit::string, uint8_t> compounds::SwapPair(std::tuple<uint8_t, wit::string> v) {
  auto &[number, text] = v;
  return {std::move(text), number};
}

shapes::Line compounds::Turn(Line v) {
  v.name = followed(v.name, '~');
  v.weight = -v.weight;
  return exchanged(std::move(v));
}

compounds::Everything compounds::NextEverything(Everything v) {
  v.a = !v.a;
  v.b = next(v.b);
  v.c = next(v.c);
  v.d = next(v.d);
  v.e = next(v.e);
  v.f = next(v.f);
  v.g = next(v.g);
  v.h += 1;
  v.i = next(v.i);
  v.k = -v.k;
  v.l = next(v.l);
  v.m = followed(v.m, '+');
  v.n = next(v.n);
  if (v.o) v.o = next(*v.o);
  v.p = NextColor(v.p);
  std::ranges::reverse(v.q.get_view());
  return v;
}

shapes::Payload compounds::NextPayload(Payload v) {
  std::visit(Overloaded{
                 [](Payload::Nothing &) {},
                 [](Payload::Number &number) { number.value = -number.value; },
                 [](Payload::Long &number) { number.value = int64_t(0 - uint64_t(number.value)); },
                 [](Payload::Text &text) { text.value = followed(text.value, '!'); },
                 [](Payload::Place &place) { std::swap(place.value.x, place.value.y); },
             },
             v.variants);
  return v;
}

wit::string compounds::Kind(Payload v) {
  constexpr std::string_view names[] = {"nothing", "number", "long", "text", "place"};
  return wit::string::from_view(names[v.variants.index()]);
}

shapes::Color compounds::NextColor(Color v) { return case_after(v, 3); }
compounds::Big compounds::NextBig(Big v) { return case_after(v, 300); }

std::tuple<compounds::Flags1, compounds::Flags8, compounds::Flags9, compounds::Flags32> compounds::Invert(
    Flags1 a, Flags8 b, Flags9 c, Flags32 d) {
  return {inverted(a, 0x1), inverted(b, 0xFF), inverted(c, 0x1FF), inverted(d, 0xFFFFFFFF)};
}

std::optional<uint32_t> compounds::NextOption(std::optional<uint32_t> v) { return v.transform(next<uint32_t>); }

std::optional<std::optional<wit::string>> compounds::NextNested(std::optional<std::optional<wit::string>> v) {
  using Inner = std::optional<wit::string>;
  if (!v) return Inner();
  if (!*v) return Inner(wit::string::from_view("new"));
  return std::nullopt;
}

std::optional<std::optional<std::optional<uint8_t>>> compounds::EchoDeep(
    std::optional<std::optional<std::optional<uint8_t>>> v) {
  return v;
}

std::expected<shapes::Color, uint8_t> compounds::Flip(std::expected<uint8_t, Color> v) {
  if (v) return std::unexpected(*v);
  return v.error();
}

std::expected<void, wit::Void> compounds::Outcome(bool v) {
  if (v) return {};
  return std::unexpected(wit::Void());
}

std::expected<uint32_t, wit::Void> compounds::OnlyOk(int32_t v) {
  if (v < 0) return std::unexpected(wit::Void());
  return uint32_t(v);
}

std::expected<void, wit::string> compounds::OnlyErr(int32_t v) {
  if (v < 0) return std::unexpected(wit::string::from_view("negative: " + std::to_string(v)));
  return {};
}

std::expected<int32_t, wit::string> compounds::Divide(int32_t a, int32_t b) {
  if (b == 0) return std::unexpected(wit::string::from_view("division by zero"));
  if (a == std::numeric_limits<int32_t>::min() && b == -1) return std::unexpected(wit::string::from_view("overflow"));
  return a / b;
}

std::expected<shapes::Line, shapes::Payload> compounds::Find(wit::string name) {
  if (name.get_view() == "none") return std::unexpected(Payload{Payload::Nothing()});
  if (name.get_view().starts_with('-')) return std::unexpected(Payload{Payload::Text{std::move(name)}});
  return Line{std::move(name), {1, 2}, {3, 4}, 0.5};
}

wit::string compounds::Many(uint8_t a, int8_t b, uint16_t c, int16_t d, uint32_t e, int32_t f, uint64_t g, int64_t h,
                            wit::string i, uint8_t j, uint8_t k, uint8_t l, uint8_t m, uint8_t n, wit::string o,
                            uint32_t p) {
  std::string all;
  auto add = [&all](const auto &v) {
    if (!all.empty()) all += ',';
    if constexpr (requires { v.get_view(); }) {
      all += v.get_view();
    } else {
      all += std::to_string(v);
    }
  };
  add(a), add(b), add(c), add(d), add(e), add(f), add(g), add(h), add(i);
  add(j), add(k), add(l), add(m), add(n), add(o), add(p);
  return wit::string::from_view(all);
}

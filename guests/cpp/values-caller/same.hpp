// Equality as WIT sees it, of what a call answered and what is right: of lists, options and results by their elements, of
// floats by their bits, except that every NaN is one.

#pragma once

#include "caller_cpp.h"

#include <concepts>
#include <cstring>
#include <span>
#include <string_view>
#include <tuple>
#include <variant>

namespace shapes = test::values::shapes;
namespace scalars = test::values::scalars;
namespace lists = test::values::lists;
namespace compounds = test::values::compounds;

inline std::string_view text(std::string_view v) { return v; }
inline std::string_view text(const wit::string &v) { return v.get_view(); }

inline auto parts(const shapes::Point &v) { return std::tie(v.x, v.y); }
inline auto parts(const shapes::Line &v) { return std::tie(v.name, v.from, v.to, v.weight); }
inline auto parts(const compounds::Everything &v) {
  return std::tie(v.a, v.b, v.c, v.d, v.e, v.f, v.g, v.h, v.i, v.j, v.k, v.l, v.m, v.n, v.o, v.p, v.q);
}

template <class T>
concept Text = requires(const T &v) { text(v); };
template <class T>
concept Record = requires(const T &v) { parts(v); };
template <class T>
concept Variant = requires(const T &v) { v.variants; };
template <class T>
concept Optional = requires(const T &v) { v.has_value(); };
template <class T>
concept Result = Optional<T> && requires(const T &v) { v.error(); };
template <class T>
concept List = requires(const T &v) { v.size(), v[0]; };

template <class A, class B>
bool same(const A &a, const B &b) {
  if constexpr (std::floating_point<A>) {
    static_assert(std::same_as<A, B>);
    return (a != a && b != b) || std::memcmp(&a, &b, sizeof a) == 0;
  } else if constexpr (Text<A>) {
    return text(a) == text(b);
  } else if constexpr (Record<A>) {
    return same(parts(a), parts(b));
  } else if constexpr (Variant<A>) {
    auto same_case = []<class X, class Y>(const X &x, const Y &y) {
      if constexpr (!std::same_as<X, Y>) {
        return false;
      } else if constexpr (requires { x.value; }) {
        return same(x.value, y.value);
      } else {
        return true;
      }
    };
    return std::visit(same_case, a.variants, b.variants);
  } else if constexpr (Optional<A>) {
    if (a.has_value() != b.has_value()) return false;
    if (a.has_value()) {
      if constexpr (std::is_void_v<decltype(*a)>) {
        return true;
      } else {
        return same(*a, *b);
      }
    }
    if constexpr (Result<A>) return same(a.error(), b.error());
    return true;
  } else if constexpr (List<A>) {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); i++) {
      if (!same(a[i], b[i])) return false;
    }
    return true;
  } else if constexpr (requires { std::tuple_size<A>::value; }) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return (same(std::get<I>(a), std::get<I>(b)) && ...);
    }(std::make_index_sequence<std::tuple_size_v<A>>());
  } else if constexpr (std::same_as<A, wit::Void>) {
    return true;
  } else {
    return a == b;
  }
}

/**
 * @file
 * The C++17 face of Poundlock: handles that free themselves, text as std::string, errors as
 * exceptions. It is a header alone, over poundlock.h and the C library.
 *
 * A handle can be moved and not copied; it closes at the end of its scope. Its `const` functions may
 * be called by any number of threads at once. A handle that was moved from may be assigned to or
 * destroyed; any other use of it throws `handle.closed`.
 */

#ifndef POUNDLOCK_HPP
#define POUNDLOCK_HPP

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "poundlock.h"

namespace poundlock {

class Engine;
class Ledger;
class Plan;

/** Why a call gave no answer. A denial is not an error. */
class Error : public std::exception {
public:
  Error(int32_t status, std::string json)
      : status_(status), json_(std::move(json)), code_(member("code")), message_(member("message")),
        what_(message_ + " [" + code_ + "]") {}

  /** The stable code, such as `input.syntax`; compare it, never the message. */
  const std::string &code() const noexcept { return code_; }
  /** What is wrong, for people. */
  const std::string &message() const noexcept { return message_; }
  /** What to do about it; empty where that is not known. */
  std::string help() const { return member("help"); }
  /** Where in a text it is wrong, counted from 1; 0 where that is not known. */
  std::uint32_t line() const { return number("line"); }
  /** The character in that line, counted from 1; 0 where that is not known. */
  std::uint32_t column() const { return number("column"); }
  /** The JSON pointer (RFC 6901) to what is wrong; empty where that is not known. */
  std::string pointer() const { return member("pointer"); }
  /** The number of the code, one of poundlock_status. */
  int32_t status() const noexcept { return status_; }
  /** The library's own text: `code`, `message`, and the place as far as it is known. */
  const std::string &json() const noexcept { return json_; }
  /** The message and the code. */
  const char *what() const noexcept override { return what_.c_str(); }

private:
  int32_t status_;
  std::string json_;
  std::string code_;
  std::string message_;
  std::string what_;

  std::uint32_t number(std::string_view name) const {
    const std::string digits = member(name);
    return digits.empty() ? 0 : static_cast<std::uint32_t>(std::stoul(digits));
  }

  /* The text of a member, or the digits of a number; empty where there is none. The library writes an error as one flat object
   * without white space, and escapes quotes, backslashes and control characters alone. */
  std::string member(std::string_view name) const {
    std::size_t at = 1;
    while (at < json_.size() && json_[at] == '"') {
      const bool wanted = string(at) == name;
      ++at;
      if (at < json_.size() && json_[at] == '"') {
        std::string value = string(at);
        if (wanted) {
          return value;
        }
      } else {
        const std::size_t end = json_.find_first_of(",}", at);
        if (wanted) {
          return json_.substr(at, end - at);
        }
        at = end;
      }
      if (at < json_.size()) {
        ++at;
      }
    }
    return {};
  }

  /* The string that begins at `at`, which is moved past it. */
  std::string string(std::size_t &at) const {
    std::string characters;
    for (++at; at < json_.size() && json_[at] != '"'; ++at) {
      if (json_[at] != '\\' || at + 1 == json_.size()) {
        characters += json_[at];
        continue;
      }
      switch (json_[++at]) {
      case 'b': characters += '\b'; break;
      case 'f': characters += '\f'; break;
      case 'n': characters += '\n'; break;
      case 'r': characters += '\r'; break;
      case 't': characters += '\t'; break;
      case 'u':
        characters += static_cast<char>(std::stoi(json_.substr(at + 1, 4), nullptr, 16));
        at += 4;
        break;
      default: characters += json_[at];
      }
    }
    if (at < json_.size()) {
      ++at;
    }
    return characters;
  }
};

/** @cond */
namespace detail {

/* The text that a call filled in; throws it if it is an error. */
class Output {
public:
  Output() = default;
  Output(const Output &) = delete;
  Output &operator=(const Output &) = delete;
  ~Output() { poundlock_buffer_free(&buffer_); }

  poundlock_buffer *get() noexcept { return &buffer_; }

  std::string text(int32_t status) const {
    std::string text = buffer_.data == nullptr
                           ? std::string()
                           : std::string(reinterpret_cast<const char *>(buffer_.data), buffer_.size);
    if (status != POUNDLOCK_OK) {
      throw Error(status, std::move(text));
    }
    return text;
  }

private:
  poundlock_buffer buffer_ = {nullptr, 0};
};

/* Frees a handle at the end of its scope. */
template <typename T, void (*close)(T *)> class Handle {
public:
  explicit Handle(T *handle = nullptr) noexcept : handle_(handle) {}

  void reset(T *handle) noexcept { handle_.reset(handle); }

  const T *get() const {
    if (handle_ == nullptr) {
      throw Error(POUNDLOCK_HANDLE_CLOSED,
                  "{\"code\":\"handle.closed\",\"message\":\"the handle was moved from\"}");
    }
    return handle_.get();
  }

private:
  struct Close {
    void operator()(T *handle) const noexcept { close(handle); }
  };
  std::unique_ptr<T, Close> handle_;
};

/* The handle of an object that may be left out. One that was moved from is not left out. */
template <typename T>
auto optional(const T *object) -> decltype(object->get()) {
  return object == nullptr ? nullptr : object->get();
}

} // namespace detail
/** @endcond */

/** The version of the library that is running. */
inline std::string_view version() noexcept { return poundlock_version(); }

/** Carries out an operation that needs no handle. @throws Error */
inline std::string call(std::string_view operation, std::string_view input = {}) {
  detail::Output output;
  return output.text(poundlock_call(operation.data(), operation.size(), input.data(), input.size(),
                                    output.get()));
}

/** The resource changes of a plan. */
class Plan {
public:
  /** Reads a plan; for options and document see poundlock_plan_read. @throws Error */
  static Plan read(std::string_view options, std::string_view document) {
    detail::Output output;
    poundlock_plan *plan = nullptr;
    output.text(poundlock_plan_read(options.data(), options.size(), document.data(),
                                    document.size(), &plan, output.get()));
    return Plan(plan);
  }

  /** Joins plans; `names` is a JSON list of as many strings as there are plans. @throws Error */
  static Plan join(std::string_view names, const std::vector<const Plan *> &plans) {
    detail::Output output;
    std::vector<const poundlock_plan *> handles;
    for (const Plan *plan : plans) {
      handles.push_back(detail::optional(plan));
    }
    poundlock_plan *joined = nullptr;
    output.text(poundlock_plan_join(names.data(), names.size(), handles.data(), handles.size(),
                                    &joined, output.get()));
    return Plan(joined);
  }

  /** Carries out an operation on the plan. @throws Error */
  std::string call(std::string_view operation, std::string_view input = {}) const {
    detail::Output output;
    return output.text(poundlock_plan_call(get(), operation.data(), operation.size(), input.data(),
                                           input.size(), output.get()));
  }

  /** The handle, which stays this object's. @throws Error */
  const poundlock_plan *get() const { return handle_.get(); }

private:
  explicit Plan(poundlock_plan *handle) noexcept : handle_(handle) {}
  detail::Handle<poundlock_plan, poundlock_plan_free> handle_;
};

/** A policy pack with its overlays, compiled. */
class PolicyPack {
public:
  /** Reads and compiles a pack; for the input see poundlock_pack_parse. @throws Error */
  explicit PolicyPack(std::string_view input) {
    detail::Output output;
    poundlock_pack *pack = nullptr;
    output.text(poundlock_pack_parse(input.data(), input.size(), &pack, output.get()));
    handle_.reset(pack);
  }

  /** Checks the resources of a plan. @throws Error */
  std::string check(const Plan &plan, std::string_view input = {}) const {
    return call("check", input, &plan);
  }

  /** Carries out an operation on the pack. @throws Error */
  std::string call(std::string_view operation, std::string_view input = {},
                   const Plan *plan = nullptr) const {
    detail::Output output;
    return output.text(poundlock_pack_call(get(), detail::optional(plan),
                                           operation.data(), operation.size(), input.data(),
                                           input.size(), output.get()));
  }

  /** The handle, which stays this object's. @throws Error */
  const poundlock_pack *get() const { return handle_.get(); }

private:
  detail::Handle<poundlock_pack, poundlock_pack_free> handle_;
};

/** An open ledger. */
class Ledger {
public:
  /** Creates or opens a ledger; for the input see poundlock_ledger_open. @throws Error */
  explicit Ledger(std::string_view input) {
    detail::Output output;
    poundlock_ledger *ledger = nullptr;
    output.text(poundlock_ledger_open(input.data(), input.size(), &ledger, output.get()));
    handle_.reset(ledger);
  }

  /** A ledger that is gone at the end of its scope. @throws Error */
  static Ledger in_memory() { return Ledger("{\"memory\":true}"); }

  /** Carries out an operation on the ledger. @throws Error */
  std::string call(std::string_view operation, std::string_view input = {}) const {
    detail::Output output;
    return output.text(poundlock_ledger_call(get(), operation.data(), operation.size(),
                                             input.data(), input.size(), output.get()));
  }

  /** The handle, which stays this object's. @throws Error */
  const poundlock_ledger *get() const { return handle_.get(); }

private:
  detail::Handle<poundlock_ledger, poundlock_ledger_free> handle_;
};

/** A charter with the packs that it pins, compiled. */
class Engine {
public:
  /** Makes the engine of a charter; for the input see poundlock_engine_new. @throws Error */
  explicit Engine(std::string_view input) {
    detail::Output output;
    poundlock_engine *engine = nullptr;
    output.text(poundlock_engine_new(input.data(), input.size(), &engine, output.get()));
    handle_.reset(engine);
  }

  /** Makes the engine of the charter that governs a ledger. @throws Error */
  static Engine of_ledger(const Ledger &ledger) {
    detail::Output output;
    poundlock_engine *engine = nullptr;
    output.text(poundlock_engine_of_ledger(ledger.get(), &engine, output.get()));
    return Engine(engine);
  }

  /** Decides a request and writes nothing; see poundlock_engine_decide. @throws Error */
  std::string decide(std::string_view request, const Ledger *ledger = nullptr,
                     const Plan *plan = nullptr, std::string_view credential = {}) const {
    detail::Output output;
    return output.text(poundlock_engine_decide(get(), detail::optional(ledger), detail::optional(plan), request.data(),
                                               request.size(), credential.data(), credential.size(),
                                               output.get()));
  }

  /** Decides a request and writes its entry; see poundlock_engine_admit. @throws Error */
  std::string admit(const Ledger &ledger, std::string_view request, const Plan *plan = nullptr,
                    std::string_view credential = {}) const {
    detail::Output output;
    return output.text(poundlock_engine_admit(get(), ledger.get(), detail::optional(plan), request.data(),
                                              request.size(), credential.data(), credential.size(),
                                              output.get()));
  }

  /** Admits a fact and writes its entry; see poundlock_engine_record. @throws Error */
  std::string record(const Ledger &ledger, std::string_view fact, const Engine *law = nullptr,
                     std::string_view credential = {}) const {
    detail::Output output;
    return output.text(poundlock_engine_record(get(), ledger.get(), detail::optional(law), fact.data(),
                                               fact.size(), credential.data(), credential.size(),
                                               output.get()));
  }

  /** Carries out another operation of the engine. @throws Error */
  std::string call(std::string_view operation, std::string_view input = {},
                   const Ledger *ledger = nullptr, const Plan *plan = nullptr) const {
    detail::Output output;
    return output.text(poundlock_engine_call(get(), detail::optional(ledger), detail::optional(plan), operation.data(),
                                             operation.size(), input.data(), input.size(),
                                             output.get()));
  }

  /** The handle, which stays this object's. @throws Error */
  const poundlock_engine *get() const { return handle_.get(); }

private:
  explicit Engine(poundlock_engine *engine) noexcept : handle_(engine) {}

  detail::Handle<poundlock_engine, poundlock_engine_free> handle_;
};

} // namespace poundlock

#endif

// What a row of the matrix counts, and how it ends.

#pragma once

#include <iostream>
#include <memory>
#include <string>

#include <grpcpp/channel.h>

class Row {
 public:
  void expect(bool is_right, const std::string& what, const std::string& expected, const std::string& got) {
    ++checks_;
    if (is_right) return;
    std::cerr << what << ": expected " << expected << ", got " << got << "\n";
    ++wrong_;
  }

  // Prints the result; returns the exit code.
  int end(std::size_t functions) const {
    if (wrong_ > 0) return 1;
    std::cout << "ok(\"" << functions << " functions, " << checks_ << " checks\")\n";
    return 0;
  }

 private:
  int checks_ = 0;
  int wrong_ = 0;
};

// Some functions with the classes and stubs that protoc and its gRPC plugin made: of each kind of type one.
void typed(const std::shared_ptr<grpc::Channel>& channel, Row& row);

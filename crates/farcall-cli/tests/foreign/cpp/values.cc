// A row of the matrix: gRPC for C++ calls every function of a callee and compares each answer. What protoc made of the
// protos is linked in: `typed.cc` calls with it as one would, and here it says what there is.
// Arguments: host:port, cases, `run` or `run-wide`.

#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include "row.h"

namespace pb = google::protobuf;

namespace {

using Made = std::unique_ptr<pb::Message>;

[[noreturn]] void give_up(const std::string& why) {
  std::cerr << why << "\n";
  std::exit(2);
}

// A message of this type from JSON; the types are those that are linked in.
Made made(const pb::Descriptor& type, const pb::Value& json) {
  std::string text;
  Made message(pb::MessageFactory::generated_factory()->GetPrototype(&type)->New());
  auto status = pb::util::MessageToJsonString(json, &text);
  if (status.ok()) status = pb::util::JsonStringToMessage(text, message.get());
  if (!status.ok()) give_up(type.full_name() + " of " + text + ": " + status.ToString());
  return message;
}

// Bytes, always in one order: as messages, a NaN is unlike itself and 0 is -0.
std::string exact(const pb::Message& message) {
  std::string bytes;
  {
    pb::io::StringOutputStream stream(&bytes);
    pb::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

std::string json(const pb::Message& message) {
  std::string text;
  return pb::util::MessageToJsonString(message, &text).ok() ? text : message.ShortDebugString();
}

const pb::MethodDescriptor& method(const std::string& function) {
  std::string name = "test.values.v0_1." + function;
  name.replace(name.find('/'), 1, ".");
  const auto* method = pb::DescriptorPool::generated_pool()->FindMethodByName(name);
  if (method == nullptr) give_up("the protos have no " + function);
  return *method;
}

std::string said(const grpc::Status& status) {
  return "status " + std::to_string(status.error_code()) + ", " + status.error_message();
}

// The status of one call; `response` is filled where it is OK.
grpc::Status call(grpc::GenericStub& stub, const std::string& function, const pb::Message& request, pb::Message& response) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  const grpc::Slice bytes(exact(request));
  const grpc::ByteBuffer sent(&bytes, 1);
  grpc::ByteBuffer received;
  grpc::CompletionQueue queue;
  auto calling = stub.PrepareUnaryCall(&context, "/test.values.v0_1." + function, sent, &queue);
  calling->StartCall();
  grpc::Status status;
  calling->Finish(&received, &status, nullptr);
  void* tag = nullptr;
  bool is_done = false;
  if (!queue.Next(&tag, &is_done) || !is_done) return grpc::Status(grpc::StatusCode::UNKNOWN, "the call was dropped");
  if (!status.ok()) return status;
  grpc::Slice answer;
  const bool is_message =
      received.DumpToSingleSlice(&answer).ok() && response.ParseFromArray(answer.begin(), static_cast<int>(answer.size()));
  return is_message ? status : grpc::Status(grpc::StatusCode::INTERNAL, "the answer is no message");
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) give_up("host:port, cases, run or run-wide");
  const std::string run = arguments[3];
  std::ifstream file(arguments[2]);
  std::stringstream text;
  text << file.rdbuf();
  pb::Struct cases;
  if (!pb::util::JsonStringToMessage(text.str(), &cases).ok()) give_up("the cases are not read");

  auto channel = grpc::CreateChannel(arguments[1], grpc::InsecureChannelCredentials());
  grpc::GenericStub stub(channel);
  Row row;
  std::set<std::string> called;
  for (const auto& each : cases.fields().at(run).list_value().values()) {
    const auto& [function, request, expected] =
        std::tie(each.list_value().values(0).string_value(), each.list_value().values(1), each.list_value().values(2));
    called.insert(function);
    Made asked = made(*method(function).input_type(), request);
    Made wanted = made(*method(function).output_type(), expected);
    Made got(wanted->New());
    auto status = call(stub, function, *asked, *got);
    row.expect(status.ok() && exact(*got) == exact(*wanted), function + " of " + json(*asked), json(*wanted),
               status.ok() ? json(*got) : said(status));
  }
  if (run == "run") {
    for (const auto& each : cases.fields().at("invalid").list_value().values()) {
      const std::string& function = each.list_value().values(0).string_value();
      Made asked = made(*method(function).input_type(), each.list_value().values(1));
      Made got(pb::MessageFactory::generated_factory()->GetPrototype(method(function).output_type())->New());
      auto status = call(stub, function, *asked, *got);
      row.expect(status.error_code() == grpc::StatusCode::INVALID_ARGUMENT, function + " of " + json(*asked),
                 "INVALID_ARGUMENT", status.ok() ? json(*got) : said(status));
    }
    std::set<std::string> served;
    for (const char* service : {"Shapes", "Scalars", "Lists", "Compounds"}) {
      const auto* known = pb::DescriptorPool::generated_pool()->FindServiceByName(std::string("test.values.v0_1.") + service);
      for (int at = 0; at < known->method_count(); ++at) served.insert(service + ("/" + known->method(at)->name()));
    }
    if (served != called) give_up("the cases do not call every function, or call one that is not there");
    typed(channel, row);
  }
  return row.end(called.size());
}

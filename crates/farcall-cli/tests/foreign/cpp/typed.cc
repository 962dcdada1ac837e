// Calls as a program in C++ makes them: classes for the values, a stub for each interface, a status that says what failed.

#include <chrono>

#include <grpcpp/client_context.h>

#include "row.h"
#include "test/values/v0_1/compounds.grpc.pb.h"
#include "test/values/v0_1/lists.grpc.pb.h"
#include "test/values/v0_1/scalars.grpc.pb.h"
#include "test/values/v0_1/shapes.grpc.pb.h"

namespace v = test::values::v0_1;

namespace {

// One call of a stub's function: `row` hears of a status that is not OK.
template <typename Stub, typename Request, typename Response>
Response call(Row& row, const char* function, Stub& stub,
              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*), const Request& request) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  row.expect(status.ok(), function, "OK", status.error_message());
  return response;
}

}  // namespace

void typed(const std::shared_ptr<grpc::Channel>& channel, Row& row) {
  using Shapes = v::Shapes::Stub;
  using Scalars = v::Scalars::Stub;
  using Lists = v::Lists::Stub;
  using Compounds = v::Compounds::Stub;
  auto shapes = v::Shapes::NewStub(channel);
  auto scalars = v::Scalars::NewStub(channel);
  auto lists = v::Lists::NewStub(channel);
  auto compounds = v::Compounds::NewStub(channel);

  const auto origin = call(row, "Shapes/Origin", *shapes, &Shapes::Origin, {});
  row.expect(origin.x() == 7 && origin.y() == -7, "Shapes/Origin", "(7, -7)", origin.ShortDebugString());

  v::scalars::NextU64Request number;
  number.set_v(18446744073709551615U);
  const auto next = call(row, "Scalars/NextU64", *scalars, &Scalars::NextU64, number);
  row.expect(next.result() == 0, "Scalars/NextU64", "0", next.ShortDebugString());

  v::lists::MovePointsRequest points;
  points.add_v()->set_x(41);
  points.mutable_by()->set_x(1);
  const auto moved = call(row, "Lists/MovePoints", *lists, &Lists::MovePoints, points);
  row.expect(moved.result_size() == 1 && moved.result(0).x() == 42, "Lists/MovePoints", "[(42, 0)]",
             moved.ShortDebugString());

  v::compounds::NextPayloadRequest payload;
  payload.mutable_v()->set_text("more");
  const auto paid = call(row, "Compounds/NextPayload", *compounds, &Compounds::NextPayload, payload);
  row.expect(paid.result().text() == "more!", "Compounds/NextPayload", "more!", paid.ShortDebugString());

  v::compounds::NextOptionRequest none;
  const auto still_none = call(row, "Compounds/NextOption", *compounds, &Compounds::NextOption, none);
  row.expect(!still_none.has_result(), "Compounds/NextOption", "none", still_none.ShortDebugString());

  // An error of the function is data, not a status.
  v::compounds::DivideRequest division;
  division.set_a(1);
  const auto divided = call(row, "Compounds/Divide", *compounds, &Compounds::Divide, division);
  row.expect(divided.result_case() == v::compounds::DivideResponse::kErr && divided.err() == "division by zero",
             "Compounds/Divide", "division by zero", divided.ShortDebugString());
}

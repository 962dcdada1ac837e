  ;; Client and stub as siblings, the door out left open.
  (import "wasm-rpc:core/types@0.1.0" (instance $types
    (type $code' (enum "cancelled" "unknown" "invalid-argument" "deadline-exceeded" "not-found" "already-exists"
      "permission-denied" "resource-exhausted" "failed-precondition" "aborted" "out-of-range" "unimplemented" "internal"
      "unavailable" "data-loss" "unauthenticated"))
    (export "code" (type $code (eq $code')))
    (type $status' (record (field "code" $code) (field "message" string) (field "details" (list u8))))
    (export "status" (type $status (eq $status')))
    (type $method' (record (field "link" string) (field "path" string) (field "fingerprint" string)))
    (export "method" (type $method (eq $method')))))
  (alias export $types "status" (type $status))
  (alias export $types "method" (type $method))
  (import "wasm-rpc:core/transport-async@0.1.0" (instance $transport
    (alias outer 1 $status (type $status'))
    (export "status" (type $status (eq $status')))
    (alias outer 1 $method (type $method'))
    (export "method" (type $method (eq $method')))
    (type $bytes (stream u8))
    (type $done (future))
    (type $outcome (result (error $status)))
    (type $end (future $outcome))
    (type $answer (tuple $bytes $end))
    (export "call" (func async (param "method" $method) (param "request" $bytes) (param "done" $done) (result $answer)))
    (export "abort" (func (param "method" $method) (param "status" $status)))))
  (instance $s (instantiate $stub
    (with "wasm-rpc:core/types@0.1.0" (instance $types))
    (with "wasm-rpc:core/transport-async@0.1.0" (instance $transport))))
  (instance $c (instantiate $client
    (with "demo:shapes/points@0.1.0" (instance $s "demo:shapes/points@0.1.0"))))
  (export "total" (func $c "total"))
  (export "stub-live" (func $s "live"))

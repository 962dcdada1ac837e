  ;; Skeleton and callee as siblings: a parent with core code of its own could not call its nested component.
  (import "wasm-rpc:core/types@0.1.0" (instance $types
    (type $code' (enum "cancelled" "unknown" "invalid-argument" "deadline-exceeded" "not-found" "already-exists"
      "permission-denied" "resource-exhausted" "failed-precondition" "aborted" "out-of-range" "unimplemented" "internal"
      "unavailable" "data-loss" "unauthenticated"))
    (export "code" (type $code (eq $code')))
    (type $status' (record (field "code" $code) (field "message" string) (field "details" (list u8))))
    (export "status" (type $status (eq $status')))
    (type $method' (record (field "link" string) (field "path" string) (field "fingerprint" string)))
    (export "method" (type $method (eq $method')))))
  (instance $c (instantiate $callee))
  (instance $s (instantiate $skeleton
    (with "wasm-rpc:core/types@0.1.0" (instance $types))
    (with "demo:shapes/counters@0.1.0" (instance $c "demo:shapes/counters@0.1.0"))))
  (export "wasm-rpc:core/dispatch@0.1.0" (instance $s "wasm-rpc:core/dispatch@0.1.0"))
  (export "made" (func $c "made"))
  (export "destroyed" (func $c "destroyed"))

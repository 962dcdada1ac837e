;; Exports `test:many/iNUMBER` with `number()`, which gives NUMBER.
(component
  (core module $code
    (func (export "number") (result i32) (i32.const NUMBER)))
  (core instance $code (instantiate $code))
  (func $number (result u32) (canon lift (core func $code "number")))
  (instance $interface (export "number" (func $number)))
  (export "test:many/iNUMBER" (instance $interface)))

"""WASM RPC from its spec alone: the standard library, and no code of any implementation."""

package dev.paddock.provider;

final class AnthropicFailureTest extends ModelFailureContract {
  AnthropicFailureTest() {
    super(TestingAdapter.ANTHROPIC);
  }
}

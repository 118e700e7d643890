package dev.paddock.provider;

final class AnthropicRequestTest extends ModelRequestContract {
  AnthropicRequestTest() {
    super(TestingAdapter.ANTHROPIC);
  }
}

package dev.paddock.provider;

final class AnthropicAnswerTest extends ModelAnswerContract {
  AnthropicAnswerTest() {
    super(TestingAdapter.ANTHROPIC);
  }
}

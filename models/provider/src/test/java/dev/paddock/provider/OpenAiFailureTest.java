package dev.paddock.provider;

final class OpenAiFailureTest extends ModelFailureContract {
  OpenAiFailureTest() {
    super(TestingAdapter.OPENAI);
  }
}

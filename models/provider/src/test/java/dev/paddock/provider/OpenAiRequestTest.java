package dev.paddock.provider;

final class OpenAiRequestTest extends ModelRequestContract {
  OpenAiRequestTest() {
    super(TestingAdapter.OPENAI);
  }
}

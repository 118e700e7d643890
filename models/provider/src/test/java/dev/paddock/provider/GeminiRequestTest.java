package dev.paddock.provider;

final class GeminiRequestTest extends ModelRequestContract {
  GeminiRequestTest() {
    super(TestingAdapter.GEMINI);
  }
}

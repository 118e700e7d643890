package dev.paddock.provider;

final class GeminiFailureTest extends ModelFailureContract {
  GeminiFailureTest() {
    super(TestingAdapter.GEMINI);
  }
}

// @vitest-environment jsdom
import { cleanup, render, screen } from "@testing-library/react";
import { renderToString } from "react-dom/server";
import { afterEach, describe, expect, it } from "vitest";
import { SignInPage } from "./sign-in-page";

const page = <SignInPage demo={false} callbackUrl="/" error={null} signedOut={false} login={null} />;
const button = () => screen.getByRole("button", { name: "Sign in with GitHub" });

afterEach(cleanup);

describe("the button of the sign-in page", () => {
  it("cannot be pressed before its script runs: the form would be sent without its token", () => {
    document.body.innerHTML = renderToString(page);
    expect(button()).toHaveProperty("disabled", true);
    document.body.innerHTML = "";
  });

  it("can be pressed then", () => {
    render(page);
    expect(button()).toHaveProperty("disabled", false);
  });
});

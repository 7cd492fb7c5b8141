import { Banner } from "./banner";

/** On every page of a server that asks Copilot under one identity for everybody. */
export function IdentityBanner() {
  return (
    <Banner tone="accent" label="Identity">
      Copilot is asked under this server's own GitHub identity, not under yours.
    </Banner>
  );
}

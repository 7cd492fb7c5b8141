import { Banner } from "./banner";

/** On every page of a demo, so nobody takes its stand-ins for the real thing. */
export function DemoBanner() {
  return (
    <Banner tone="caution" label="Demo">
      Demo: GitHub and the models are stand-ins on this machine. Nothing leaves it.
    </Banner>
  );
}

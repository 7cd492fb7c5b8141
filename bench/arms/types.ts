/** How one turn went, in milliseconds from the moment the prompt was handed over. */
export type TurnTimes = { firstTokenMs: number; wholeMs: number; text: string };

/** One conversation, warmed up by a first turn. */
export type BenchSession = {
  turn(prompt: string): Promise<TurnTimes>;
  close(): Promise<void>;
};

/** One way to run a turn on the CLI server. */
export type Arm = {
  id: "sdk" | "sdk-nodelay" | "flightdeck";
  open(): Promise<BenchSession>;
  /** CPU seconds used so far by the process that drives the turns: the SDK's, or Flightdeck's server. */
  driverCpuSeconds(): number;
  close(): Promise<void>;
};

import { MessagePage } from "@/components/shell/message-page";

export default function NotFound() {
  return (
    <MessagePage
      title="This page does not exist"
      text="The address is not quite right, or the page has moved."
    >
      <a href="/">Go to the start page</a>
    </MessagePage>
  );
}

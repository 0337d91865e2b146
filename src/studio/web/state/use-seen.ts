import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Whether an element has come near what is in sight; from then on it counts as seen. */
export function useSeen(box: RefObject<Element | null>): boolean {
  const [isSeen, setIsSeen] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (element === null || isSeen) return undefined;
    const watch = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && setIsSeen(true),
      { rootMargin: "400px" },
    );
    watch.observe(element);
    return () => watch.disconnect();
  }, [isSeen]);
  return isSeen;
}
